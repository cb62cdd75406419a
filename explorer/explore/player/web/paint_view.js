// What is seen of painting: the cells, what was there before, and what it changed.

const GHOST = 6; // height that a row of the time axis has for the detections before

class PaintPicture {
  constructor(paint) {
    this.paint = paint;
  }

  // Over the imprint: the painted cells, and the brush.
  drawCells(context, unit) {
    const { paint } = this, { player } = paint, { model, state, colours } = player;
    const [gh, gw] = model.cells;
    if (paint.cells.size) {
      const key = [paint.version, unit, colours.key].join("|");
      if (key !== this.key) {
        this.key = key;
        this.image = pixelPicture(gw, gh, (place) => this.colour(place));
        this.edges = this.outline(gh, gw, unit);
      }
      context.imageSmoothingEnabled = false;
      context.drawImage(this.image, 0, 0, gw * unit, gh * unit);
      for (const [colour, width] of [["rgba(0,0,0,.75)", 2.5], ["#fff", 1]]) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.stroke(this.edges);
      }
    }
    if (paint.on && state.hoverCell) {
      const cells = paint.block(state.hoverCell), [top, left] = cells[0], [bottom, right] = cells.at(-1);
      outline(context, left * unit, top * unit, (right - left + 1) * unit, (bottom - top + 1) * unit, "pinned");
    }
  }

  colour(place) {
    const { paint } = this, { model, colours } = paint.player, label = paint.cells.get(place);
    if (label === undefined) return [0, 0, 0, 0];
    if (label === 0) return colours.dark ? [20, 26, 34, 225] : [255, 255, 255, 225];
    const item = model.classOf.get(label); // unknown until the server has answered
    return [...(item ? channels(colours.ofClass(item)) : [128, 128, 128]), 210];
  }

  // Around what has one label.
  outline(gh, gw, unit) {
    const { cells } = this.paint, path = new Path2D();
    for (const [place, label] of cells) {
      const row = Math.floor(place / gw), column = place % gw, x = column * unit, y = row * unit;
      const other = (r, c) => r < 0 || c < 0 || r >= gh || c >= gw || cells.get(r * gw + c) !== label;
      const line = (x0, y0, x1, y1) => { path.moveTo(x0, y0); path.lineTo(x1, y1); };
      if (other(row - 1, column)) line(x, y, x + unit, y);
      if (other(row + 1, column)) line(x, y + unit, x + unit, y + unit);
      if (other(row, column - 1)) line(x, y, x, y + unit);
      if (other(row, column + 1)) line(x + unit, y, x + unit, y + unit);
    }
    return path;
  }

  // On the time axis, at the foot of a class's row: its detections before, thin.
  drawBefore(context, row, line) {
    const { paint } = this, { colours } = paint.player;
    const y = row.y + row.h - GHOST;
    for (const { d, kind } of paint.detectionsBefore(row.item.label)) {
      const x = line.x(d.span[0]), w = Math.max(2, line.x(d.span[1]) - x);
      context.fillStyle = kind === "found" ? colours.ofClass(row.item) : colours[kind];
      if (kind === "right" || kind === "found") context.fillRect(x, y, w, 3);
      else for (let at = 0; at < w; at += 5) context.fillRect(x + at, y, Math.min(3, w - at), 3);
    }
  }
}

// The strip between imprint and time axis: the brush, and what it has changed.
class PaintWords {
  constructor(root, paint) {
    this.paint = paint;
    const find = (name) => root.querySelector(name);
    this.strip = find(".paint");
    this.toggle = find("[data-do=paint]");
    this.name = find(".paint-class");
    this.dot = find(".paint-dot");
    this.erase = find("[data-do=paintErase]");
    this.count = find(".paint-count");
    this.change = find(".paint-change");
    this.notes = find(".paint-notes");
    this.hint = find(".paint-hint");
    this.legend = find(".paint-legend");
    this.brushes = find(".brushes");
    this.brushes.replaceChildren(...BRUSHES.map((brush) => {
      const button = plainButton(`${brush}`, () => paint.choose(brush));
      button.className = "icon wide";
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", `${brush} ${brush === 1 ? "cell" : "cells"} wide`);
      button.dataset.brush = brush;
      return button;
    }));
  }

  draw() {
    const { paint } = this, { player } = paint, { model, colours } = player;
    this.toggle.hidden = !paint.offered;
    if (!model) return;
    this.strip.hidden = !paint.on && !paint.cells.size;
    this.legend.hidden = !paint.applied;
    this.toggle.setAttribute("aria-pressed", paint.on);
    if (this.strip.hidden) return;
    this.strip.dataset.on = paint.on;
    const label = paint.label;
    setText(this.name, paint.on ? `Paints ${model.name(label)}` : "Painted");
    this.dot.style.background = label ? colours.ofClass(model.classOf.get(label)) : colours.background;
    this.erase.setAttribute("aria-pressed", paint.erases);
    for (const button of this.brushes.children) {
      button.setAttribute("aria-checked", Number(button.dataset.brush) === paint.brush);
    }
    setText(this.count, counted(paint.cells.size, "cell"));
    setText(this.change, this.changed());
    setText(this.notes, this.stays());
    this.hint.hidden = paint.cells.size > 0;
  }

  changed() {
    const { paint } = this, { player } = paint, { model } = player;
    if (paint.failure) return `Not found anew: ${paint.failure}`;
    if (!paint.cells.size) return "";
    if (!paint.applied) return "…";
    const old = paint.before.at(player.least, player.state.tiou), now = player.judged;
    if (!model.hasTruth) return `${old.all.found} found before, ${now.all.found} now`;
    const at = `tIoU ${tiouText(model.tious[now.level])}`;
    const [from, to] = ["before", "after"].map((side) => model.painted[side][now.level]);
    const kinds = ["right", "wrong", "missed"].map((kind) => moreOrFewer(now.all[kind] - old.all[kind], kind));
    const counts = kinds.filter(Boolean).join(", ") || "as many right and wrong";
    return from === null ? counts : `mAP of this video at ${at}: ${movedText(from, to)} · ${counts}`;
  }

  stays() {
    const { paint } = this, notes = paint.applied ? paint.player.model.painted.notes : [];
    return ["A painted cell is one class beyond doubt. The run is not changed, and the panels below show it "
      + "without paint. mAP counts all scores, the numbers beside it those from the threshold on.",
    ...notes, "Paint is in the link, if it is not in too many pieces, and gone on another video. "
      + "A detection pinned under paint is not in the link: its number is another one's."].join(" ");
  }
}

function moreOrFewer(change, kind) {
  if (!change) return "";
  return `${Math.abs(change)} ${change > 0 ? "more" : "fewer"} ${kind}`;
}

// Two digits, or three where two would hide a change.
function movedText(from, to) {
  if (from === to) return `${from.toFixed(2)}, as before`;
  const digits = from.toFixed(2) === to.toFixed(2) ? 3 : 2;
  return `${from.toFixed(digits)} → ${to.toFixed(digits)}`;
}
