// The score of the chosen class over time, and why the chosen detection has its borders.

class ScoreCurve {
  constructor(line, player) {
    this.line = line;
    this.player = player;
  }

  draw(context, plan) {
    const { model, state, colours } = this.player, line = this.line, y = plan.curve;
    line.label(context, "Score", y + 10, true);
    line.label(context, model.name(state.label), y + 26);
    context.fillStyle = colours.border;
    for (const share of [0, 0.5, 1]) {
      context.fillRect(GUTTER, y + CURVE * (1 - share), line.width - GUTTER - MARGIN, 1);
    }
    context.font = `10px ${colours.font}`;
    context.textAlign = "right";
    context.fillStyle = colours.text;
    context.globalAlpha = 0.6;
    for (const [share, text] of [[1, "1"], [0, "0"]]) {
      context.fillText(text, GUTTER - 6, y + CURVE * (1 - share));
    }
    context.globalAlpha = 1;
    line.inside(context, y - 4, CURVE + 8, () => {
      this.drawWhy(context, plan);
      const { model, colours, state, paint } = this.player;
      if (paint.applied) this.traceScore(context, y, paint.own, colours.text, 0.8);
      this.traceScore(context, y, model, colours.ofClass(model.classOf.get(state.label)), 1.6);
    });
  }

  // One line a pixel column from its least to its largest score: fluid at any length.
  traceScore(context, y, model, colour, width) {
    const { state } = this.player, [a, b] = this.player.zoom, line = this.line;
    const channel = model.channelOf.get(state.label);
    if (channel === undefined) return;
    const place = (i) => y + CURVE * (1 - model.scores[i * model.channels + channel] / 65535);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    const first = model.indexAt(a), last = model.indexAt(b);
    const dense = (last - first) / Math.max(1, line.width - GUTTER) > 1.5;
    for (let i = first, column = -1, low = 0, high = 0; i <= last; i++) {
      const x = line.x(model.times[i]), value = place(i);
      const next = i + 1 < model.steps ? model.times[i + 1] : model.duration;
      if (!dense) {
        context[i === first ? "moveTo" : "lineTo"](x, value);
        context.lineTo(line.x(next), value);
        continue;
      }
      if (Math.floor(x) !== column) {
        if (column >= 0) { context.moveTo(column, low); context.lineTo(column, high + 1); }
        column = Math.floor(x);
        low = high = value;
      }
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    context.stroke();
  }

  // Why this detection: its borders, its proposal and the level that frames had to reach;
  // the last two only where no temporal head told the borders.
  drawWhy(context, plan) {
    const { model, state, colours } = this.player, line = this.line;
    const d = model.found[state.detection], y = plan.curve;
    if (!d || d.label !== state.label) return;
    const [from, to] = d.proposal ?? d.span;
    context.fillStyle = colours.text;
    context.globalAlpha = 0.07;
    context.fillRect(line.x(from), y, line.x(to) - line.x(from), CURVE);
    context.globalAlpha = 0.12;
    context.fillRect(line.x(d.span[0]), y, line.x(d.span[1]) - line.x(d.span[0]), CURVE);
    context.globalAlpha = 1;
    context.strokeStyle = colours.text;
    context.lineWidth = 1;
    if (d.level === undefined) return;
    const level = y + CURVE * (1 - d.level);
    context.setLineDash([5, 3]);
    context.beginPath();
    context.moveTo(line.x(from), level);
    context.lineTo(line.x(to), level);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = colours.text;
    context.font = `11px ${colours.font}`;
    const room = line.x(to) + 40 < line.width - MARGIN;
    context.textAlign = room ? "left" : "right";
    context.fillText("μ − σ", room ? line.x(to) + 4 : line.x(from) - 4, level);
  }
}
