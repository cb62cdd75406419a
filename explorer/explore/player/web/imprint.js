// The imprint grid: a base picture by layer, and over it windows and cells.

const LAYER_WORDS = {
  mosaic: "mean image of the samples on each cell",
  segmentation: "strongest class of each cell",
  score: "probability of the class at each cell",
  posterior: "where this sample may lie: first cell of its window",
  occupancy: "how many samples lie on each cell (square-root scale)",
  annotation: "the truth, carried to the cells by its samples",
  entropy: "how undecided a cell is between the classes",
};
// Layers that the glossary explains (TERMS), by its terms.
const LAYER_TERMS = { segmentation: "segmentation map", posterior: "posterior", annotation: "annotation map" };

class ImprintView {
  constructor(root, player) {
    this.player = player;
    this.box = root.querySelector(".grid");
    this.base = root.querySelector(".grid-base");
    this.over = root.querySelector(".grid-over");
    this.legend = root.querySelector(".legend");
    this.layers = root.querySelector(".layers");
    this.over.addEventListener("pointermove", (event) => {
      player.set({ hoverCell: this.cellAt(event) });
    });
    this.over.addEventListener("pointerleave", () => player.set({ hoverCell: null }));
    this.over.addEventListener("click", (event) => {
      if (!player.paint.on) player.pinCell(this.cellAt(event));
    });
    this.over.addEventListener("blur", () => player.set({ hoverCell: null }));
  }

  load(data) {
    this.mosaic = new Image();
    this.mosaic.onload = () => this.player.refresh();
    if (data.mosaic) this.mosaic.src = absolute(data.mosaic);
    this.key = null;
    this.layers.replaceChildren(
      ...Object.entries(data.layers).map(([id, name]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.layer = id;
        button.setAttribute("role", "radio");
        button.textContent = name;
        button.title = TERMS[LAYER_TERMS[id]] ?? this.wordsOf(id);
        button.onclick = () => this.player.commit({ layer: id });
        return button;
      }),
    );
  }

  // Layers that this video has: no annotation without truth, no mean image without frames.
  available() {
    const { data, model } = this.player, needs = { annotation: model?.hasTruth, mosaic: data.mosaic };
    return Object.keys(data.layers).filter((id) => !(id in needs) || needs[id]);
  }

  cellAt(event) {
    const { model } = this.player;
    if (!model) return null;
    const box = this.over.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * model.cells[0]);
    const column = Math.floor(((event.clientX - box.left) / box.width) * model.cells[1]);
    const inside = (x, top) => Math.max(0, Math.min(x, top - 1));
    return [inside(row, model.cells[0]), inside(column, model.cells[1])];
  }

  draw() {
    const { model, state, colours, index } = this.player;
    if (!model?.hasImprint) return;
    const side = this.box.clientWidth, tall = (side * model.cells[0]) / model.cells[1];
    const moving = state.layer === "posterior" ? index : "";
    const key = [side, state.layer, state.label, colours.key, moving,
      state.hoverClass ?? "", this.mosaic.complete, devicePixelRatio].join("|");
    if (key !== this.key) {
      this.key = key;
      this.box.style.aspectRatio = `${model.cells[1]} / ${model.cells[0]}`;
      this.drawBase(fitCanvas(this.base, side, tall), side, tall);
      this.drawLegend();
    }
    this.drawOver(fitCanvas(this.over, side, tall), side / model.cells[1]);
  }

  drawBase(context, width, height) {
    const { model, state, colours } = this.player;
    const [gh, gw] = model.cells;
    context.fillStyle = colours.panel;
    context.fillRect(0, 0, width, height);
    const faint = { mosaic: 1, segmentation: 0.55, annotation: 0.55, posterior: 0.4 }[state.layer];
    if (faint && this.mosaic.complete && this.mosaic.naturalWidth) {
      context.globalAlpha = faint;
      context.drawImage(this.mosaic, 0, 0, width, height);
      context.globalAlpha = 1;
    }
    const paint = this.painter();
    if (paint) {
      context.imageSmoothingEnabled = false;
      context.drawImage(pixelPicture(gw, gh, paint), 0, 0, width, height);
    }
    this.hatchUnused(context, width / gw);
    if (state.layer === "posterior") this.drawPosterior(context, width / gw);
  }

  // A square a place, the larger the likelier, ringed so that it shows on any picture.
  drawPosterior(context, unit) {
    const { model, index, colours } = this.player, gw = model.cells[1];
    const ordered = model.posterior(index).sort((a, b) => a[1] - b[1]);
    for (const [place, weight] of ordered) {
      const side = Math.max(unit, 5) * (0.8 + 0.9 * weight);
      const x = ((place % gw) + 0.5) * unit - side / 2;
      const y = (Math.floor(place / gw) + 0.5) * unit - side / 2;
      const at = Math.round((0.25 + 0.75 * weight) * 255) * 3, ramp = colours.ramp;
      context.fillStyle = `rgb(${ramp[at]} ${ramp[at + 1]} ${ramp[at + 2]})`;
      context.fillRect(x, y, side, side);
      outline(context, x, y, side, side, "hover");
    }
  }

  // Gives the colour of each cell in the layer, or null where the picture is enough.
  painter() {
    const { model, state, colours } = this.player, ramp = colours.ramp;
    const shade = (share, alpha = 255) => {
      const at = Math.round(Math.max(0, Math.min(1, share)) * 255) * 3;
      return [ramp[at], ramp[at + 1], ramp[at + 2], alpha];
    };
    const hidden = [0, 0, 0, 0], used = (i) => model.frameCount[i] > 0;
    switch (state.layer) {
      case "segmentation": return this.labelPainter(model.segmentation);
      case "annotation": return model.annotation ? this.labelPainter(model.annotation) : null;
      case "score": {
        const channel = model.channelOf.get(state.label) ?? 0, top = model.top(state.label);
        return (i) => used(i) ? shade(model.grid[i * model.channels + channel] / 255 / top) : hidden;
      }
      case "occupancy": {
        const top = model.usage.reduce((a, b) => Math.max(a, b), 1e-9);
        return (i) => used(i) ? shade(Math.sqrt(model.usage[i] / top)) : hidden;
      }
      case "entropy": return (i) => used(i) ? shade(model.entropy[i] / 255) : hidden;
      default: return null;
    }
  }

  labelPainter(labels) {
    const { model, state, colours } = this.player;
    return (i) => {
      const label = labels[i];
      if (label === NO_FRAME || !model.frameCount[i]) return [0, 0, 0, 0];
      if (label === 0) return colours.dark ? [20, 26, 34, 150] : [255, 255, 255, 150];
      const faded = state.hoverClass && state.hoverClass !== label;
      return [...channels(colours.ofClass(model.classOf.get(label))), faded ? 60 : 195];
    };
  }

  hatchUnused(context, unit) {
    const { model, colours } = this.player, gw = model.cells[1];
    const area = new Path2D(); // one area: no seams between its cells
    model.frameCount.forEach((n, i) => {
      if (!n) area.rect((i % gw) * unit, Math.floor(i / gw) * unit, unit + 0.5, unit + 0.5);
    });
    for (const style of [colours.panel, hatch(context, colours.border, 7, 1)]) {
      context.fillStyle = style;
      context.fill(area);
    }
  }

  drawOver(context, unit) {
    const { model, state, index } = this.player;
    const frame = (i, kind) => {
      for (const [r, c, h, w] of windowPieces(model.origin(i), model.window, model.cells)) {
        outline(context, c * unit, r * unit, w * unit, h * unit, kind);
      }
    };
    const cell = (place, kind) => {
      if (place) outline(context, place[1] * unit, place[0] * unit, unit, unit, kind);
    };
    this.player.paint.picture.drawCells(context, unit);
    if (state.hoverTime !== null) frame(model.indexAt(state.hoverTime), "ghost");
    frame(index, "window");
    cell(state.hoverCell, "hover");
    cell(state.cell, "pinned");
  }

  drawLegend() {
    const { model, state, colours } = this.player;
    for (const button of this.layers.children) {
      const on = button.dataset.layer === state.layer;
      button.setAttribute("aria-checked", on);
      button.hidden = !this.available().includes(button.dataset.layer);
    }
    const scale = {
      score: ["0", model.top(state.label).toFixed(2), `probability of ${model.name(state.label)}`],
      occupancy: ["0", "most", LAYER_WORDS.occupancy],
      entropy: ["sure", "open", LAYER_WORDS.entropy],
      posterior: ["0", "1", LAYER_WORDS.posterior],
    }[state.layer];
    this.legend.replaceChildren(...(scale ? this.bar(scale, colours) : this.words()));
  }

  bar([low, high, what], colours) {
    const ramp = document.createElement("span");
    ramp.className = "ramp";
    ramp.style.background = colours.rampCss;
    return [textSpan(low), ramp, textSpan(high), textSpan(what, "what")];
  }

  // The classes that a layer of labels shows, by how many cells they have.
  swatches() {
    const { model, state, colours } = this.player, cells = new Map();
    const labels = { segmentation: model.segmentation, annotation: model.annotation }[state.layer];
    labels?.forEach((label, i) => {
      if (label !== NO_FRAME && label !== 0 && model.frameCount[i]) {
        cells.set(label, (cells.get(label) ?? 0) + 1);
      }
    });
    const order = [...cells.keys()].sort((a, b) => cells.get(b) - cells.get(a)).slice(0, 5);
    return order.map((label) => {
      const colour = colours.ofClass(model.classOf.get(label));
      return entry(swatch(colour), model.name(label));
    });
  }

  // What a layer shows; of a video without frames the page knows better.
  wordsOf(id) {
    return this.player.data.layerWords?.[id] ?? LAYER_WORDS[id] ?? "";
  }

  words() {
    const said = this.wordsOf(this.player.state.layer);
    const { nearness } = this.player.model, known = nearness !== null && this.player.state.layer === "mosaic";
    return [textSpan(said, "what"), ...this.swatches(), entry(textSpan("", "unused"), "no sample"),
      ...(known ? [likeness(nearness)] : [])];
  }
}

function likeness(nearness) {
  const value = Math.round(nearness * 100) / 100 || 0; // no minus before a nought
  const said = textSpan(`alike moments lie side by side: ${value.toFixed(2)}`, "likeness");
  said.title = "Rank correlation of distance on the imprint with distance of samples. "
    + "1: the more alike, the nearer; 0: place says nothing of likeness";
  return said;
}

function entry(sign, name) {
  const span = textSpan("", "entry");
  span.append(sign, textSpan(name));
  return span;
}

function swatch(colour) {
  const box = textSpan("", "swatch");
  box.style.background = colour;
  return box;
}
