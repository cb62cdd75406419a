// Deliberate steps: pinning, and going from one detection, truth or error to the next.

const Steps = {
  pinCell(cell) {
    if (!cell) return;
    const same = this.state.cell && cell.join() === this.state.cell.join();
    this.commit({ cell: same ? null : cell });
  },

  pinDetection(number) {
    const { label, span } = this.model.found[number];
    this.stage.pause();
    this.commit({ detection: number, truth: null, label, time: Math.min(span[0] + 0.002, span[1]) });
  },

  pinTruth(number) {
    const { label, span } = this.model.truth[number];
    this.stage.pause();
    this.commit({ truth: number, detection: null, label, time: Math.min(span[0] + 0.002, span[1]) });
  },

  unpin() {
    this.commit({ cell: null, detection: null, truth: null, loop: false });
  },

  // The span of the pinned detection or truth.
  selection() {
    const { detection, truth } = this.state;
    return (this.model.found[detection] ?? this.model.truth[truth])?.span ?? null;
  },

  chooseClass(label) {
    this.commit({ label });
  },

  nextClass(sign) {
    const labels = this.model.classes.filter((c) => c.present).map((c) => c.label);
    if (!labels.length) return;
    const at = labels.indexOf(this.state.label), from = at < 0 && sign < 0 ? 0 : at;
    this.chooseClass(labels[(from + sign + labels.length) % labels.length]);
  },

  nextLayer(sign) {
    const layers = this.imprint.available(), at = layers.indexOf(this.state.layer);
    if (layers.length) this.commit({ layer: layers[(at + sign + layers.length) % layers.length] });
  },

  // The detections that the threshold lets through, in time order.
  shownDetections() {
    const { kinds } = this.judged;
    return this.model.found
      .map((d, number) => ({ kind: "detection", number, time: d.span[0] }))
      .filter(({ number }) => kinds[number] !== "hidden")
      .sort((a, b) => a.time - b.time);
  },

  truths() {
    return this.model.truth.map((t, number) => ({ kind: "truth", number, time: t.span[0] }));
  },

  // What is wrong among the detections shown, and the truths that none of them found.
  errors() {
    const { kinds, finders } = this.judged;
    return [
      ...this.truths().filter(({ number }) => finders[number][0] < 0),
      ...this.shownDetections().filter(({ number }) => kinds[number] === "wrong"),
    ];
  },

  goError(sign) {
    this.go(this.errors(), sign, "error");
  },

  // After the last of this video the page looks for one in the videos after it.
  goErrorOfClass(sign) {
    const { found, truth } = this.model, { label } = this.state;
    const own = ({ kind, number }) => (kind === "truth" ? truth : found)[number].label === label;
    if (!this.goAmong(this.errors().filter(own), sign)) this.askForError(sign);
  },

  goNextTruth(sign) {
    this.go(this.truths(), sign, "truth");
  },

  goNextDetection(sign) {
    this.go(this.shownDetections(), sign, "detection");
  },

  go(places, sign, what) {
    if (!this.goAmong(places, sign)) {
      this.foot.flash(`No ${what} ${sign > 0 ? "after" : "before"} this`);
    }
  },

  // From the pinned one to its neighbour, so that none of several at one moment is left
  // out; from anywhere else to the next in time. Says whether there is one.
  goAmong(places, sign) {
    const order = places.sort((a, b) => a.time - b.time), { state } = this;
    const at = order.findIndex(
      (p) => state[p.kind] === p.number && Math.abs(state.time - p.time) < 0.06,
    );
    const ahead = (p) => (sign > 0 ? p.time > state.time + 0.05 : p.time < state.time - 0.05);
    const next = at >= 0 ? order[at + sign] : sign > 0 ? order.find(ahead) : order.filter(ahead).pop();
    if (next?.kind === "truth") this.pinTruth(next.number);
    else if (next) this.pinDetection(next.number);
    return Boolean(next);
  },

  goEdge(side) {
    const span = this.selection();
    if (span) this.commit({ time: side ? span[1] - 0.002 : span[0] + 0.002 });
  },

  toggleLoop() {
    if (this.selection()) this.set({ loop: !this.state.loop });
  },

  changeRate(sign) {
    const at = RATES.indexOf(this.state.rate);
    this.setRate(RATES[Math.max(0, Math.min(RATES.length - 1, at + sign))]);
  },

  setRate(rate) {
    this.stage.rate(rate);
    this.set({ rate });
  },

  nextMap() {
    if (this.has("place")) this.commit({ map: this.state.map === "place" ? "score" : "place", heat: true });
  },

  fade(change) {
    this.commit({ opacity: Math.max(0.05, Math.min(1, this.state.opacity + change)), heat: true });
  },
};

// The part of the video that the time axis shows.
const Zooming = {
  zoomTo(from, to) {
    const whole = this.model.duration, least = Math.min(1, whole / 20);
    const length = Math.min(whole, Math.max(least, to - from));
    const start = Math.max(0, Math.min(from, whole - length));
    this.zoom = [start, start + length];
    this.refresh();
  },

  // By the user's hand: the page hears of it.
  chooseZoom(from, to) {
    this.zoomTo(from, to);
    this.commit({ zoomed: true });
  },

  zoomAround(time, factor) {
    const [a, b] = this.zoom;
    const least = Math.min(1, this.model.duration / 20);
    const length = Math.min(this.model.duration, Math.max(least, (b - a) * factor));
    const share = (time - a) / (b - a);
    const place = share >= 0 && share <= 1 ? share : 0.5;
    this.chooseZoom(time - place * length, time - place * length + length);
  },

  pan(share) {
    const [a, b] = this.zoom, shift = (b - a) * share;
    this.chooseZoom(a + shift, b + shift);
  },

  zoomAll() {
    this.chooseZoom(0, this.model.duration);
  },

  // The pinned detection or truth with as much again around it.
  zoomToSelection() {
    const span = this.selection();
    if (!span) return;
    const room = Math.max(0.5, (span[1] - span[0]) / 2);
    this.chooseZoom(span[0] - room, span[1] + room);
  },

  keepInView() {
    const [a, b] = this.zoom, { time } = this.state;
    if (time > b || time < a) this.zoomTo(time, time + (b - a));
  },
};
