// The frames of a video before an EM, in the order of time, and after each of its
// iterations, where they lie on the imprint. Frames on one place show their mean.
//
// data: grid and window in cells, trace [iteration][frame] = [row, column], likelihood
// of each iteration, times of the frames, spans of the two actions that are outlined,
// names of them, sheets {url, frames, width, height} of small frames, words, note.

const STAY = 1300; // ms from one iteration to the next
const MOVE = 800; // of them the frames are on their way
const MARKS = [{ colour: "#ffb000", dash: [] }, { colour: "#2aa4f4", dash: [5, 4] }];

class Replay {
  constructor(parent) {
    this.root = parent.querySelector(".em");
    const find = (name) => this.root.querySelector(name);
    this.map = find(".map");
    this.button = find(".play");
    this.slider = find("input");
    this.said = find(".at");
    this.line = find("polyline");
    this.mark = find("line");
    this.step = 0; // before the EM; then the iterations
    this.from = 0; // where the frames come from while they move
    this.moved = 1; // how far they have come
    this.playing = false;
    this.button.onclick = () => this.toggle();
    this.slider.oninput = () => this.choose(Number(this.slider.value));
    for (const one of this.root.querySelectorAll(".step")) {
      one.onclick = () => this.choose(this.step + Number(one.dataset.by));
    }
    this.root.onkeydown = (event) => this.onKey(event);
    this.resize = new ResizeObserver(() => this.refresh());
    this.resize.observe(this.map);
    this.sheets = [];
    // The frames are fetched when somebody has come near: Start is quick without them.
    this.near = new IntersectionObserver(([seen]) => {
      this.seen ||= seen.isIntersecting;
      this.load();
    }, { rootMargin: "200px" });
    this.near.observe(this.map);
  }

  update(data) {
    const told = JSON.stringify(data);
    if (told !== this.told) {
      this.told = told;
      this.data = data;
      this.last = data.trace.length;
      this.slider.max = this.last;
      this.layouts = [inTime(data), ...data.trace.map((places) => onImprint(data, places))];
      this.marks = data.times.map((time) => data.spans.findIndex(([a, b]) => time >= a && time < b));
      this.setTexts();
      this.sheets = [];
      this.load();
    }
    this.refresh();
  }

  setTexts() {
    const { words, note, names, likelihood } = this.data;
    this.root.querySelector(".words").textContent = words;
    this.root.querySelector(".note").textContent = note;
    this.root.querySelectorAll(".keys span span").forEach((span, i) => { span.textContent = names[i]; });
    const low = Math.min(...likelihood), high = Math.max(...likelihood), room = high - low || 1;
    this.line.setAttribute("points", likelihood.map((value, i) => (
      `${this.across(i + 1)},${28 - (26 * (value - low)) / room}`
    )).join(" "));
  }

  // Where an iteration stands under the slider.
  across(step) {
    return (100 * step) / this.last;
  }

  load() {
    if (!this.seen || !this.data || this.sheets.length) return;
    const { url, frames } = this.data.sheets, pages = Math.ceil(this.data.times.length / frames);
    this.sheets = Array.from({ length: pages }, (_, page) => {
      const image = new Image();
      image.onload = () => this.refresh();
      image.src = new URL(url.replace("{page}", page), document.baseURI).href;
      return image;
    });
  }

  choose(step) {
    this.pause();
    this.go(step);
  }

  go(step) {
    const next = Math.max(0, Math.min(step, this.last));
    if (next === this.step) return;
    this.from = this.step;
    this.step = next;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.begun = still ? -Infinity : performance.now();
    this.refresh();
  }

  toggle() {
    if (this.playing) {
      this.pause();
      return;
    }
    this.playing = true;
    if (this.step === this.last) this.go(0);
    this.timer = setInterval(() => {
      if (this.step === this.last) this.pause();
      else this.go(this.step + 1);
    }, STAY);
    if (this.step < this.last) this.go(this.step + 1);
    this.refresh();
  }

  pause() {
    clearInterval(this.timer);
    this.playing = false;
    this.refresh();
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    const goals = { ArrowLeft: this.step - 1, ArrowRight: this.step + 1, Home: 0, End: this.last };
    if (event.key === " " && !target.matches("button")) this.toggle();
    else if (event.key in goals) this.choose(goals[event.key]); // the slider's keys too
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  refresh() {
    if (this.frame || this.closed) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (this.closed || !this.data) return;
    this.moved = this.begun === undefined ? 1 : Math.min(1, (performance.now() - this.begun) / MOVE);
    this.drawWords();
    this.drawFrames();
    const { sheets } = this;
    this.root.dataset.ready = sheets.length > 0 && sheets.every((one) => one.complete && one.naturalWidth);
    this.root.dataset.step = this.step;
    this.root.dataset.moving = this.moved < 1;
    if (this.moved < 1) this.refresh();
  }

  drawWords() {
    const { likelihood, trace } = this.data, { step, last } = this;
    let said = "Before the EM: the frames in the order of time.";
    if (step) {
      const places = new Set(trace[step - 1].map((place) => place.join())).size;
      said = `Iteration ${step} of ${last}: ${trace[0].length} frames on ${places} places, `
        + `log-likelihood ${Math.round(likelihood[step - 1]).toLocaleString("en")}.`;
    }
    if (this.said.textContent !== said) this.said.textContent = said;
    this.slider.value = step;
    this.slider.setAttribute("aria-valuetext", said);
    this.map.setAttribute("aria-label", said);
    this.mark.setAttribute("x1", this.across(step));
    this.mark.setAttribute("x2", this.across(step));
    const text = this.playing ? "Pause" : "Play";
    if (this.button.textContent !== text) this.button.textContent = text;
  }

  drawFrames() {
    const { data, map, moved } = this, side = map.clientWidth, [gh, gw] = data.grid;
    const scale = devicePixelRatio, unit = side / gw, context = map.getContext("2d");
    const size = Math.round(side * scale);
    if (map.width !== size) map.width = map.height = size;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, side, side);
    const share = moved * moved * (3 - 2 * moved); // slow at both ends
    const boxes = data.times.map((_, i) => (
      between(this.layouts[this.from][i], this.layouts[this.step][i], share, [gh, gw])
    ));
    boxes.forEach((box, i) => {
      context.globalAlpha = box.alpha;
      for (const [x, y] of copies(box, [gh, gw])) this.drawFrame(context, i, x * unit, y * unit, box.side * unit);
    });
    context.globalAlpha = 1;
    boxes.forEach((box, i) => {
      if (this.marks[i] < 0) return;
      for (const [x, y] of copies(box, [gh, gw])) outline(context, x * unit, y * unit, box.side * unit, MARKS[this.marks[i]]);
    });
  }

  // The middle of the frame, square as the window is.
  drawFrame(context, index, x, y, side) {
    const { frames, width, height } = this.data.sheets, sheet = this.sheets[Math.floor(index / frames)];
    if (!sheet?.complete || !sheet.naturalWidth) return;
    const place = index % frames, least = Math.min(width, height);
    context.drawImage(
      sheet,
      (place % 10) * width + (width - least) / 2, Math.floor(place / 10) * height + (height - least) / 2,
      least, least, x, y, side, side,
    );
  }

  close() {
    this.closed = true;
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
    this.resize.disconnect();
    this.near.disconnect();
  }
}

// In the order of time, row by row, as a contact sheet over the whole map.
function inTime({ times, grid }) {
  const columns = Math.ceil(Math.sqrt(times.length)), side = grid[1] / columns;
  return times.map((_, i) => (
    { row: Math.floor(i / columns) * side, column: (i % columns) * side, side, alpha: 1 }
  ));
}

// On the imprint; laid one over the other with these weights, frames show their mean.
function onImprint({ window: [h] }, places) {
  const count = new Map();
  return places.map(([row, column]) => {
    const key = `${row},${column}`, before = count.get(key) ?? 0;
    count.set(key, before + 1);
    return { row, column, side: h, alpha: 1 / (before + 1) };
  });
}

// On the way from one place to another: on a torus there is a shorter one.
function between(from, to, share, [gh, gw]) {
  const along = (a, b, size) => {
    const way = ((((b - a) % size) + size * 1.5) % size) - size / 2;
    return (((a + way * share) % size) + size) % size;
  };
  return {
    row: along(from.row, to.row, gh),
    column: along(from.column, to.column, gw),
    side: from.side + (to.side - from.side) * share,
    alpha: from.alpha + (to.alpha - from.alpha) * share,
  };
}

// What crosses an edge of the torus comes in at the other.
function copies({ row, column, side }, [gh, gw]) {
  const rows = row + side > gh ? [row, row - gh] : [row];
  const columns = column + side > gw ? [column, column - gw] : [column];
  return rows.flatMap((y) => columns.map((x) => [x, y]));
}

function outline(context, x, y, side, { colour, dash }) {
  context.setLineDash(dash);
  for (const [style, width] of [["rgba(0,0,0,0.6)", 4], [colour, 2.2]]) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.strokeRect(x + 1, y + 1, side - 2, side - 2);
  }
  context.setLineDash([]);
}

const replays = new WeakMap();

export default function ({ data, parentElement }) {
  let replay = replays.get(parentElement);
  if (!replay) {
    replay = new Replay(parentElement);
    replays.set(parentElement, replay);
  }
  replay.update(data);
  return () => {
    replay.close();
    replays.delete(parentElement);
  };
}
