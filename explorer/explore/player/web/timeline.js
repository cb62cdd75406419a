// The time axis: minimap, a row a class with truth and detections, the score curve.

const GUTTER = 132;
const MARGIN = 14;
const MAP = { y: 2, h: 16 };
const AXIS = { y: 21, h: 16 };
// Truths of all classes share the minimap: so high, and with that step, in 1, 2, 3 lanes.
const MAP_TRUTH = [{ y: 2, h: 5, step: 0 }, { y: 1, h: 3, step: 4 }, { y: 0, h: 2, step: 3 }];
const ROW = { truth: 9, found: 9, gap: 3, lanes: 4 };
const CURVE = 56;
const TICKS = 12;
const ROWS_SHOWN = { imprint: 5, none: 8 };

class Timeline {
  constructor(root, player) {
    this.player = player;
    this.box = root.querySelector(".timeline");
    this.base = root.querySelector(".time-base");
    this.over = root.querySelector(".time-over");
    this.tip = root.querySelector(".tip");
    this.more = root.querySelector(".more");
    this.curve = new ScoreCurve(this, player);
    this.bars = new TimelineBars(this, player);
    this.expanded = false;
    this.more.onclick = () => {
      this.expanded = !this.expanded;
      this.key = null;
      player.refresh();
    };
  }

  load() {
    this.key = this.planned = null;
    this.expanded = false;
  }

  // The rows shown: classes with truth or a detection that the threshold lets through;
  // the chosen one always among them.
  rows() {
    const { model, state, judged } = this.player;
    const seen = (label) => {
      if (this.player.paint.detectionsBefore(label).length) return true;
      const count = judged.of(label);
      return count.true + count.right + count.wrong + count.ignored + count.found > 0;
    };
    const present = model.classes.filter((c) => seen(c.label) || c.label === state.label);
    const most = ROWS_SHOWN[model.hasImprint ? "imprint" : "none"];
    this.hiddenRows = Math.max(0, present.length - most);
    if (this.expanded || !this.hiddenRows) return present;
    const kept = present.slice(0, most);
    const chosen = model.classOf.get(state.label);
    if (chosen && !kept.includes(chosen)) kept[most - 1] = chosen;
    return kept;
  }

  // Where everything lies: a row a class, in it lanes for truths and for detections that
  // overlap; below them the curve and the pinned cell's moments, where there are scores and cells.
  layout() {
    const { model, judged } = this.player;
    const shown = model.found.map((d, i) => [d, i]).filter(([, i]) => judged.kinds[i] !== "hidden");
    const more = this.player.paint.applied ? GHOST : 0;
    let y = AXIS.y + AXIS.h + 4;
    const rows = this.rows().map((item) => {
      const found = shown.filter(([d]) => d.label === item.label);
      const { lanes, count } = packLanes(found.map(([d]) => d.span));
      const truth = this.truthLanes(item.label);
      const first = ROW.gap + truth.count * (ROW.truth + 2);
      const row = { item, y, found, lanes, truth, first, h: first + Math.max(1, count) * (ROW.found + 2) + 2 + more };
      y += row.h;
      return row;
    });
    if (!model.hasImprint) return { rows, height: y + 4 };
    const curve = y + 6, ticks = curve + CURVE + 6;
    return { rows, curve, ticks, height: ticks + TICKS + 4 };
  }

  // The lane of each truth of a class by its number, and how many lanes there are; one at
  // least where truth is known.
  truthLanes(label) {
    const { truth, hasTruth } = this.player.model;
    const numbers = truth.map((_, number) => number).filter((number) => truth[number].label === label);
    numbers.sort((a, b) => truth[a].span[0] - truth[b].span[0]);
    const { lanes, count } = packLanes(numbers.map((number) => truth[number].span));
    return { lane: new Map(numbers.map((number, at) => [number, lanes[at]])), count: Math.max(hasTruth ? 1 : 0, count) };
  }

  // A truth's bar in the minimap, in CSS pixels; those that overlap lie below each other.
  mapOfTruth(number) {
    const { truth } = this.player.model;
    if (this.mapped !== truth) {
      this.mapped = truth;
      const order = truth.map((_, n) => n).sort((a, b) => truth[a].span[0] - truth[b].span[0]);
      const { lanes, count } = packLanes(order.map((n) => truth[n].span), MAP_TRUTH.length);
      this.mapLane = new Map(order.map((n, at) => [n, lanes[at]]));
      this.mapRow = MAP_TRUTH[Math.max(0, count - 1)];
    }
    const { y, h, step } = this.mapRow, x = this.mapX(truth[number].span[0]);
    const w = Math.max(2, this.mapX(truth[number].span[1]) - x);
    return { x, y: MAP.y + y + step * this.mapLane.get(number), w, h };
  }

  truthY(row, number) {
    return row.y + ROW.gap + row.truth.lane.get(number) * (ROW.truth + 2);
  }

  // The middle of a truth's bar, in CSS pixels; null where its class has no row.
  placeOfTruth(number) {
    const { label, span } = this.player.model.truth[number];
    const row = this.plan.rows.find(({ item }) => item.label === label);
    return row ? [this.x((span[0] + span[1]) / 2), this.truthY(row, number) + ROW.truth / 2] : null;
  }

  // The middle of a detection's bar, in CSS pixels; null where it is not shown.
  place(number) {
    for (const row of this.plan.rows) {
      const at = row.found.findIndex(([, i]) => i === number);
      if (at >= 0) {
        const [from, to] = row.found[at][0].span;
        return [this.x((from + to) / 2), this.laneY(row, row.lanes[at]) + ROW.found / 2];
      }
    }
    return null;
  }

  laneY(row, lane) {
    return row.y + row.first + lane * (ROW.found + 2);
  }

  get width() {
    return this.box.clientWidth;
  }

  x(time) {
    const [a, b] = this.player.zoom;
    return GUTTER + ((time - a) / (b - a)) * (this.width - GUTTER - MARGIN);
  }

  timeAt(x) {
    const [a, b] = this.player.zoom;
    const time = a + ((x - GUTTER) / (this.width - GUTTER - MARGIN)) * (b - a);
    return Math.max(0, Math.min(time, this.player.model.duration));
  }

  mapX(time) {
    return GUTTER + (time / this.player.model.duration) * (this.width - GUTTER - MARGIN);
  }

  draw() {
    const { model, state, colours } = this.player;
    if (!model || !this.width) return;
    const { least } = this.player;
    const planned = [model.videoId, state.label, least, this.expanded].join("|");
    if (planned !== this.planned) {
      this.planned = planned;
      this.plan = this.layout();
    }
    const plan = this.plan;
    const cell = state.cell ?? state.hoverCell;
    const key = [this.width, plan.height, this.player.zoom, state.label, state.detection, state.truth,
      least, state.tiou, cell, Boolean(state.cell), colours.key, devicePixelRatio].join("|");
    if (key !== this.key) {
      this.key = key;
      this.base.style.height = this.over.style.height = `${plan.height}px`;
      // While the threshold is dragged nothing may move up under the hand.
      const held = this.player.foot.dragging ? this.box.clientHeight : 0;
      this.box.style.height = `${Math.max(plan.height, held)}px`;
      const context = fitCanvas(this.base, this.width, plan.height);
      context.font = `12px ${colours.font}`;
      this.drawBase(context, plan, cell);
      this.more.hidden = !this.hiddenRows;
      this.more.textContent = this.expanded ? "fewer classes" : `+ ${this.hiddenRows} classes`;
    }
    this.drawOver(fitCanvas(this.over, this.width, plan.height), plan);
  }

  drawBase(context, plan, cell) {
    this.bars.drawMap(context);
    this.drawAxis(context, plan);
    for (const row of plan.rows) this.bars.drawRow(context, row);
    if (!this.player.has("imprint")) return;
    this.curve.draw(context, plan);
    this.drawTicks(context, plan, cell);
  }

  inside(context, y, height, paint) {
    context.save();
    context.beginPath();
    context.rect(GUTTER - 1, y, this.width - GUTTER - MARGIN + 2, height);
    context.clip();
    paint();
    context.restore();
  }

  label(context, text, y, strong = false) {
    const { colours } = this.player;
    context.font = `${strong ? "600 " : ""}12px ${colours.font}`;
    context.fillStyle = colours.text;
    context.globalAlpha = strong ? 1 : 0.72;
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.fillText(clip(context, text, GUTTER - 26), 16, y);
    context.globalAlpha = 1;
  }

  drawAxis(context, plan) {
    const { colours, zoom } = this.player, [a, b] = zoom;
    const step = niceStep(((b - a) * 90) / (this.width - GUTTER - MARGIN));
    context.font = `11px ${colours.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let t = Math.ceil(a / step) * step; t <= b + 1e-9; t += step) {
      const x = this.x(t);
      context.fillStyle = colours.border;
      context.fillRect(x, AXIS.y + AXIS.h - 3, 1, plan.height - AXIS.y - AXIS.h);
      context.fillStyle = colours.text;
      context.globalAlpha = 0.65;
      const place = Math.min(Math.max(x, GUTTER + 12), this.width - MARGIN - 12);
      context.fillText(formatTime(t, step < 0.1 ? 2 : step < 1 ? 1 : 0), place, AXIS.y + 7);
      context.globalAlpha = 1;
    }
  }

  drawTicks(context, plan, cell) {
    const { model, state, colours } = this.player, y = plan.ticks;
    const name = cell ? `Cell ${cell[0]}, ${cell[1]}` : "Cell";
    this.label(context, name, y + TICKS / 2, Boolean(state.cell));
    context.fillStyle = colours.panel;
    context.fillRect(GUTTER, y, this.width - GUTTER - MARGIN, TICKS);
    if (!cell) return;
    this.inside(context, y, TICKS, () => {
      context.fillStyle = state.cell ? "#FFB000" : colours.grey;
      for (const i of model.framesOn(cell)) {
        const next = i + 1 < model.steps ? model.times[i + 1] : model.duration;
        const x = this.x(model.times[i]);
        context.fillRect(x, y, Math.max(1.5, this.x(next) - x), TICKS);
      }
    });
  }

  drawOver(context, plan) {
    const { state, colours } = this.player;
    const line = (time, colour, width) => {
      const x = this.x(time);
      if (x < GUTTER - 1 || x > this.width - MARGIN + 1) return;
      context.fillStyle = colour;
      context.fillRect(x - width / 2, AXIS.y + 12, width, plan.height - AXIS.y - 12);
    };
    if (state.hoverTime !== null) line(state.hoverTime, colours.grey, 1);
    line(state.time, colours.primary, 2);
    context.beginPath();
    const x = this.x(state.time);
    if (x >= GUTTER - 1 && x <= this.width - MARGIN + 1) {
      context.moveTo(x - 6, AXIS.y + 10);
      context.lineTo(x + 6, AXIS.y + 10);
      context.lineTo(x, AXIS.y + 18);
      context.fill();
    }
    context.fillStyle = colours.primary;
    context.fillRect(this.mapX(state.time) - 1, MAP.y - 1, 2, MAP.h + 2);
  }

  // What lies at a place: a bar, a row's name, or nothing.
  barAt(x, y) {
    const { model } = this.player;
    const row = this.plan.rows.find((r) => y >= r.y && y < r.y + r.h);
    if (!row) return null;
    const { label } = row.item;
    if (x < GUTTER - 3) return { label };
    const near = ({ span: [from, to] }) => x >= this.x(from) - 3 && x <= Math.max(this.x(to), this.x(from) + 2) + 3;
    if (model.hasTruth && y < row.y + row.first - 1) {
      const lane = Math.max(0, Math.floor((y - row.y - ROW.gap) / (ROW.truth + 2)));
      const truth = model.truth.findIndex((t, number) => row.truth.lane.get(number) === lane && near(t));
      return truth >= 0 ? { label, truth } : null;
    }
    const lane = Math.floor((y - row.y - row.first) / (ROW.found + 2));
    const at = row.found.findIndex(([d], k) => row.lanes[k] === lane && near(d));
    return at >= 0 ? { label, detection: row.found[at][1] } : null;
  }
}

// Give each span, the best first, the first lane where it overlaps none.
function packLanes(spans, most = ROW.lanes) {
  const kept = [];
  const lanes = spans.map((span) => {
    let lane = kept.findIndex((taken) => taken.every(([a, b]) => span[1] <= a || span[0] >= b));
    if (lane < 0) lane = Math.min(kept.length, most - 1);
    (kept[lane] ??= []).push(span);
    return lane;
  });
  return { lanes, count: kept.length };
}

function niceStep(least) {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  return steps.find((s) => s >= least) ?? 7200;
}

function clip(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let short = text.slice(0, 60);
  while (short.length > 1 && context.measureText(`${short}…`).width > width) {
    short = short.slice(0, -1);
  }
  return `${short}…`;
}
