// The bars of the time axis: truth and detections, in the rows of their classes and all
// of them in the minimap. What is right or wrong differs in form as well as in colour.

class TimelineBars {
  constructor(line, player) {
    this.line = line;
    this.player = player;
  }

  // The whole video in small: truth above, detections below, the view framed. Found
  // truth and right detections are solid, missed truth is hollow, wrong ones are flat,
  // those that do not count are dotted.
  drawMap(context) {
    const { model, colours, judged, zoom } = this.player, { line } = this;
    context.fillStyle = colours.panel;
    context.fillRect(GUTTER, MAP.y, line.width - GUTTER - MARGIN, MAP.h);
    model.truth.forEach(({ label }, number) => {
      const { x, y, w, h } = line.mapOfTruth(number);
      context.fillStyle = context.strokeStyle = colours.ofClass(model.classOf.get(label));
      context.lineWidth = 1;
      context.setLineDash(h < 3 ? [2, 2] : []); // too low to be hollow
      if (judged.finders[number][0] >= 0) context.fillRect(x, y, w, h);
      else context.strokeRect(x + 0.5, y + 0.5, Math.max(1, w - 1), h - 1);
    });
    context.setLineDash([]);
    model.found.forEach((d, i) => {
      const kind = judged.kinds[i];
      if (kind === "hidden") return;
      const x = line.mapX(d.span[0]), w = Math.max(2, line.mapX(d.span[1]) - x);
      context.fillStyle = kind === "found" ? colours.ofClass(model.classOf.get(d.label)) : colours[kind];
      if (kind === "right" || kind === "found") context.fillRect(x, MAP.y + 9, w, 5);
      else if (kind === "wrong") context.fillRect(x, MAP.y + 12, w, 2);
      else for (let at = 0; at < w; at += 4) context.fillRect(x + at, MAP.y + 12, 2, 2);
    });
    const [a, b] = zoom;
    if (b - a < model.duration - 1e-6) {
      context.fillStyle = colours.dark ? "rgba(255,255,255,.12)" : "rgba(0,0,0,.10)";
      context.fillRect(GUTTER, MAP.y, line.mapX(a) - GUTTER, MAP.h);
      context.fillRect(line.mapX(b), MAP.y, line.width - MARGIN - line.mapX(b), MAP.h);
      context.strokeStyle = colours.text;
      context.lineWidth = 1.5;
      context.strokeRect(line.mapX(a), MAP.y, line.mapX(b) - line.mapX(a), MAP.h);
    }
  }

  drawRow(context, row) {
    const { model, state, colours } = this.player, { line } = this, { item, y, h } = row;
    const chosen = item.label === state.label;
    if (chosen) {
      context.fillStyle = colours.panel;
      context.beginPath();
      context.roundRect(0, y, line.width, h - 1, 5);
      context.fill();
    }
    context.fillStyle = colours.ofClass(item);
    context.beginPath();
    context.arc(7, y + h / 2, 4, 0, 7);
    context.fill();
    line.label(context, item.name, y + h / 2, chosen);
    line.inside(context, y, h, () => {
      if (model.hasTruth) this.drawTruth(context, row);
      this.drawFound(context, row);
      this.player.paint.picture.drawBefore(context, row, line);
    });
  }

  drawTruth(context, row) {
    const { model, colours, judged, state } = this.player, { line } = this, { item } = row;
    const colour = colours.ofClass(item);
    context.fillStyle = colours.border;
    for (const [from, to] of model.ambiguous) {
      context.fillRect(line.x(from), row.y + ROW.gap, line.x(to) - line.x(from), row.first - ROW.gap - 2);
    }
    model.truth.forEach(({ span: [from, to], label }, number) => {
      if (label !== item.label) return;
      const x = line.x(from), w = Math.max(2, line.x(to) - x), y = line.truthY(row, number);
      if (judged.finders[number][0] >= 0) {
        context.fillStyle = colour;
        context.fillRect(x, y, w, ROW.truth);
      } else {
        context.fillStyle = colours.background; // missed: an empty, dashed bar
        context.fillRect(x, y, w, ROW.truth);
        context.strokeStyle = colour;
        context.setLineDash([4, 2]);
        context.lineWidth = 1.5;
        context.strokeRect(x + 0.75, y + 0.75, Math.max(1, w - 1.5), ROW.truth - 1.5);
        context.setLineDash([]);
      }
      if (number === state.truth) this.frame(context, x, y, w, ROW.truth);
    });
  }

  drawFound(context, row) {
    const { state, colours, judged } = this.player, { line } = this, { item } = row;
    for (let at = row.found.length - 1; at >= 0; at--) {
      const [d, i] = row.found[at], y = line.laneY(row, row.lanes[at]), kind = judged.kinds[i];
      const x = line.x(d.span[0]), w = Math.max(2, line.x(d.span[1]) - x);
      context.globalAlpha = 0.4 + 0.6 * Math.max(0, Math.min(1, d.score));
      if (kind === "wrong") {
        context.fillStyle = colours.background;
        context.fillRect(x, y, w, ROW.found);
        context.fillStyle = hatch(context, colours.wrong, 5, 1.6);
        context.fillRect(x, y, w, ROW.found);
        context.strokeStyle = colours.wrong;
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, Math.max(1, w - 1), ROW.found - 1);
      } else if (kind === "ignored") {
        context.fillStyle = colours.ignored;
        context.fillRect(x, y + ROW.found - 4, w, 4);
      } else {
        context.fillStyle = kind === "found" ? colours.ofClass(item) : colours[kind];
        context.fillRect(x, y, w, ROW.found);
      }
      context.globalAlpha = 1;
      if (i === state.detection) this.frame(context, x, y, w, ROW.found);
    }
  }

  // Around what is pinned.
  frame(context, x, y, w, h) {
    context.strokeStyle = this.player.colours.text;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, w + 2, h + 2);
  }
}
