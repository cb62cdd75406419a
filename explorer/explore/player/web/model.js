// What is known of a video in the browser: the arrays of the payload and what is asked of
// them. Every video has moments, truths and detections, not every one an imprint.
// The files of this folder are joined in the order of player/__init__.py to one module.

const NO_FRAME = 65535;
const KINDS = {
  uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array,
};

async function fetchModel(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error((await answer.text()) || `answer ${answer.status}`);
  return new Model(await answer.arrayBuffer());
}

class Model {
  constructor(buffer) {
    const view = new DataView(buffer);
    if (view.getUint32(0, false) !== 0x44425350) throw new Error("not a DBS payload");
    const length = view.getUint32(4, true);
    const text = new TextDecoder().decode(new Uint8Array(buffer, 8, length));
    Object.assign(this, JSON.parse(text));
    for (const [name, [kind, offset, size]] of Object.entries(this.arrays)) {
      this[name] = new KINDS[kind](buffer, 8 + length + offset, size);
    }
    this.hasImprint = Boolean(this.grid);
    // Pooled features are one cell a frame: they say when, not where in the picture.
    this.hasHeat = this.hasImprint && this.window[0] * this.window[1] > 1;
    this.digits = this.duration < 2 ? 3 : 1; // of seconds; some files tell shares of a video
    this.steps = this.times.length;
    this.channels = this.classes.length + 1; // 0 is background
    this.channelOf = new Map(this.classes.map((c, i) => [c.label, i + 1]));
    this.channelOf.set(0, 0);
    this.classOf = new Map(this.classes.map((c) => [c.label, c]));
    this.names = new Map([...this.truth, ...this.found].map((row) => [row.label, row.name]));
    this.tops = new Map();
    if (this.hasImprint) this.countFrames();
  }

  // How many samples lie on each cell.
  countFrames() {
    const [gh, gw] = this.cells, [h, w] = this.window;
    this.frameCount = new Uint32Array(gh * gw);
    for (const place of this.best) {
      const row = Math.floor(place / gw), column = place % gw;
      for (let i = 0; i < h; i++) {
        for (let j = 0; j < w; j++) {
          this.frameCount[((row + i) % gh) * gw + ((column + j) % gw)] += 1;
        }
      }
    }
  }

  // The sample shown at a time: the last one not after it.
  indexAt(time) {
    let low = 0, high = this.steps - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= time + 1e-3) low = middle; else high = middle - 1;
    }
    return low;
  }

  // The number of the video's own frame at a time, from 0, as the tables count it; null
  // where no video file is known.
  frameAt(time) {
    return this.frameRate ? Math.floor((time + 1e-3) * this.frameRate) : null;
  }

  // A time safely inside the sample.
  timeOf(index) {
    const i = Math.max(0, Math.min(index, this.steps - 1));
    return Math.min(this.times[i] + 0.002, this.duration);
  }

  origin(index) {
    const place = this.best[index], gw = this.cells[1];
    return [Math.floor(place / gw), place % gw];
  }

  covers(index, cell) {
    const [gh, gw] = this.cells, [row, column] = this.origin(index);
    const down = (cell[0] - row + gh) % gh, across = (cell[1] - column + gw) % gw;
    return down < this.window[0] && across < this.window[1];
  }

  // All samples whose window covers the cell, in time order.
  framesOn(cell) {
    const key = cell.join("-");
    if (this.onCell?.key !== key) {
      const found = [];
      for (let i = 0; i < this.steps; i++) if (this.covers(i, cell)) found.push(i);
      this.onCell = { key, found };
    }
    return this.onCell.found;
  }

  // Moments next to a cell's own: samples whose window touches or overlaps a window that
  // holds the cell, but does not hold it itself; one of each run of them, the nearest first.
  besides(cell, most) {
    const own = [...new Set(this.framesOn(cell).map((i) => this.best[i]))], runs = [];
    if (!own.length) return [];
    let last = -2;
    for (let i = 0; i < this.steps; i++) {
      if (this.covers(i, cell)) continue;
      const apart = Math.min(...own.map((place) => this.apart(this.best[i], place)));
      if (apart > 1) continue;
      if (i === last + 1) {
        if (apart < runs.at(-1).apart) Object.assign(runs.at(-1), { index: i, apart });
      } else runs.push({ index: i, apart });
      last = i;
    }
    return runs.sort((a, b) => a.apart - b.apart || a.index - b.index).slice(0, most).map((run) => run.index);
  }

  // How far two places lie apart on the torus, in windows: beyond 1 nothing touches.
  apart(one, other) {
    const gw = this.cells[1];
    const along = (a, b, side, window) => Math.min((a - b + side) % side, (b - a + side) % side) / window;
    return Math.max(
      along(Math.floor(one / gw), Math.floor(other / gw), this.cells[0], this.window[0]),
      along(one % gw, other % gw, gw, this.window[1]),
    );
  }

  score(index, label) {
    const channel = this.channelOf.get(label);
    if (channel === undefined) return 0;
    return this.scores[index * this.channels + channel] / 65535;
  }

  cellScore(cell, label) {
    const channel = this.channelOf.get(label);
    if (channel === undefined) return 0;
    const place = cell[0] * this.cells[1] + cell[1];
    return this.grid[place * this.channels + channel] / 255;
  }

  // Eq. 7: the map of a frame is the window of the grid scores at its location.
  // Maps by Eq. 6 and of fused streams are no one window of it and come as they are.
  frameMap(index, label) {
    const [gh, gw] = this.cells, [h, w] = this.window, [row, column] = this.origin(index);
    const map = new Float32Array(h * w);
    if (this.maps) return map.map((_, k) => this.mapScore(index * h * w + k, label));
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < w; j++) {
        map[i * w + j] = this.cellScore([(row + i) % gh, (column + j) % gw], label);
      }
    }
    return map;
  }

  // What lies over the picture: the bare score, or that times where the class is: where, in
  // the moments around, it was seen and the frame was unusual (`heat.py` of the engine). The
  // score is nearly alike all over a window.
  heatMap(index, label, kind) {
    const [h, w] = this.window;
    if (kind === "score" || !this.unusualCells) return { map: this.frameMap(index, label), h, w };
    const [tall, wide] = this.unusualCells, key = `${index} ${label}`;
    if (this.placed?.key !== key) this.placed = { key, map: this.placedMap(index, label) };
    return { map: this.placed.map, h: tall, w: wide };
  }

  placedMap(index, label) {
    const [h, w] = this.window, [tall, wide] = this.unusualCells, cells = tall * wide;
    const reach = Math.round(3 * this.around), place = new Float32Array(cells);
    let own;
    for (let i = Math.max(index - reach, 0); i <= Math.min(index + reach, this.steps - 1); i++) {
      const scores = spread(this.frameMap(i, label), h, w, tall, wide);
      const weight = Math.exp(-0.5 * ((i - index) / this.around) ** 2), from = i * cells;
      for (let k = 0; k < cells; k++) place[k] += weight * scores[k] * this.unusual[from + k];
      if (i === index) own = scores;
    }
    const top = place.reduce((a, b) => Math.max(a, b), 0) || 1;
    return own.map((v, k) => (v * place[k]) / top);
  }

  mapScore(place, label) {
    const channel = this.channelOf.get(label);
    return channel === undefined ? 0 : this.maps[place * this.channels + channel] / 255;
  }

  // The largest score of a class on any cell with frames: the scale of the whole clip.
  top(label) {
    if (!this.tops.has(label)) {
      const channel = this.channelOf.get(label) ?? 0;
      let top = 0;
      for (let i = 0; i < this.mask.length; i++) {
        if (this.frameCount[i]) top = Math.max(top, this.grid[i * this.channels + channel]);
      }
      this.tops.set(label, Math.max(top, 13) / 255);
    }
    return this.tops.get(label);
  }

  // Locations and weights of a frame's posterior.
  posterior(index) {
    const found = [];
    for (let k = this.posteriorStart[index]; k < this.posteriorStart[index + 1]; k++) {
      found.push([this.posteriorCell[k], this.posteriorWeight[k] / 255]);
    }
    return found;
  }

  // The two instances of a class, true or found, that share the most cells.
  sharing(label) {
    const spans = this.hasTruth
      ? this.truth.filter((t) => t.label === label).map((t) => t.span)
      : this.found.filter((d) => d.label === label).map((d) => d.span);
    const places = spans.slice(0, 40).map(([from, to]) => this.cellsOf(from, to));
    let best = null;
    for (let i = 0; i < places.length; i++) {
      for (let j = i + 1; j < places.length; j++) {
        const shared = [...places[i]].filter((cell) => places[j].has(cell));
        if (shared.length > (best?.shared.length ?? 0)) {
          best = { shared, first: spans[i][0], second: spans[j][0] };
        }
      }
    }
    return best;
  }

  // All cells that frames of a span cover.
  cellsOf(from, to) {
    const [gh, gw] = this.cells, [h, w] = this.window, cells = new Set();
    for (let t = this.indexAt(from); t < this.steps && this.times[t] < to; t++) {
      const [row, column] = this.origin(t);
      for (let k = 0; k < h * w; k++) {
        cells.add(((row + Math.floor(k / w)) % gh) * gw + ((column + (k % w)) % gw));
      }
    }
    return cells;
  }

  name(label) {
    if (label === 0) return "background";
    return this.classOf.get(label)?.name ?? this.names.get(label) ?? `class ${label}`;
  }
}

// A map over more cells; between the middles of cells values change evenly.
function spread(map, h, w, tall, wide) {
  const out = new Float32Array(tall * wide);
  const place = (k, count, cells) => {
    const at = Math.max(0, Math.min(cells - 1, ((k + 0.5) * cells) / count - 0.5));
    const low = Math.floor(at);
    return [low, Math.min(low + 1, cells - 1), at - low];
  };
  for (let i = 0; i < tall; i++) {
    const [top, below, down] = place(i, tall, h);
    for (let j = 0; j < wide; j++) {
      const [left, right, along] = place(j, wide, w);
      const row = (r) => map[r * w + left] * (1 - along) + map[r * w + right] * along;
      out[i * wide + j] = row(top) * (1 - down) + row(below) * down;
    }
  }
  return out;
}

function formatTime(seconds, digits = 1) {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  const rest = (whole - minutes * 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}
