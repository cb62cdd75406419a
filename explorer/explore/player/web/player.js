// The linked player: one state, five views of it, and its two-way tie to the page.

const RATES = [0.25, 0.5, 1, 1.5, 2, 4];
const COMMIT_AFTER = 180; // ms of rest before the page is told

class Player {
  constructor(root) {
    this.root = root;
    this.shell = root.querySelector(".dbs");
    this.find = (name) => root.querySelector(name);
    this.state = {
      time: 0, playing: false, hoverTime: null, hoverCell: null, hoverClass: null,
      cell: null, detection: null, label: 1, layer: "mosaic", heat: true, smooth: true,
      opacity: 0.45, minScore: -Infinity, loop: false, rate: 1,
    };
    this.zoom = [0, 1];
    this.drawn = 0; // draws so far; read by tests
    this.help = this.find("dialog");
    this.help.querySelector(".rows").replaceChildren(...helpRows());
    this.stage = new Stage(root, this);
    this.imprint = new ImprintView(root, this);
    this.timeline = new Timeline(root, this);
    this.pointer = new TimelinePointer(this.timeline, this);
    this.inspector = new Inspector(root, this);
    this.bar = new Bar(root, this);
    this.keys = (event) => {
      if (onKey(this, event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    this.shell.addEventListener("keydown", this.keys);
    this.resize = new ResizeObserver(() => this.refresh());
    this.resize.observe(this.shell);
  }

  close() {
    this.closed = true;
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
  }

  // Called by the page on every run: new data, or only a new theme.
  update(data, tell) {
    this.tell = tell;
    const host = this.root.host ?? this.shell;
    this.colours = new Colours(host);
    this.shell.dataset.theme = this.colours.dark ? "dark" : "light";
    const fresh = data.payload !== this.data?.payload;
    const order = data.order !== this.data?.order;
    const copied = data.video !== this.data?.video;
    this.data = data;
    if (fresh) this.load(data);
    else if (copied && this.model) this.replaceVideo(data);
    else if (order && this.model) this.obey(data.view);
    this.refresh();
  }

  async load(data) {
    const again = this.model && data.videoKey === this.videoKey;
    this.shell.dataset.ready = "false";
    this.find(".failure").hidden = true;
    try {
      const model = await fetchModel(absolute(data.payload));
      if (data !== this.data) return;
      this.model = model;
    } catch (error) {
      this.find(".failure").textContent = `This video's data did not arrive: ${error.message}`;
      this.find(".failure").hidden = false;
      return;
    }
    this.shell.style.setProperty("--aspect", this.model.size[0] / this.model.size[1]);
    if (!again) this.start(data);
    this.imprint.key = this.timeline.key = null;
    this.inspector.load();
    this.obey(data.view, again);
    this.bar.load(this.model);
    this.shell.dataset.ready = "true";
    this.say();
  }

  // Another video: forget what belonged to the last one.
  start(data) {
    this.videoKey = data.videoKey;
    this.sheets = new Map();
    this.zoom = [0, this.model.duration];
    Object.assign(this.state, {
      time: 0, playing: false, hoverTime: null, hoverCell: null, cell: null, detection: null,
      loop: false,
    });
    this.stage.load(data);
    this.imprint.load(data);
    this.timeline.load();
  }

  // A copy that plays has been made: the same moment, now in the video.
  replaceVideo(data) {
    const { time } = this.state;
    this.stage.load(data);
    this.seek(time);
  }

  // Take the view that the page asks for.
  obey(view, keepTime = false) {
    const known = this.model.found.length;
    Object.assign(this.state, {
      label: view.label, layer: view.layer, cell: view.cell,
      detection: view.detection !== null && view.detection < known ? view.detection : null,
    });
    if (!this.imprint.available().includes(this.state.layer)) this.state.layer = "mosaic";
    if (!keepTime && view.time !== null) this.seek(view.time);
    this.refresh();
  }

  get index() {
    return this.model ? this.model.indexAt(this.state.time) : 0;
  }

  set(patch) {
    Object.assign(this.state, patch);
    this.refresh();
  }

  refresh() {
    if (this.frame || this.closed) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (this.closed || !this.colours) return;
    if (this.stage.playing) {
      this.state.time = this.stage.time;
      this.state.playing = true;
      this.keepInView();
      this.keepLooping();
      this.refresh();
    }
    this.drawn += 1;
    this.stage.draw();
    this.imprint.draw();
    this.timeline.draw();
    this.inspector.draw();
    this.bar.draw();
  }

  keepInView() {
    const [a, b] = this.zoom, time = this.state.time;
    if (time > b || time < a) this.zoomTo(time, time + (b - a));
  }

  keepLooping() {
    const span = this.state.loop && this.selection();
    if (span && (this.state.time >= span[1] || this.state.time < span[0] - 0.3)) this.seek(span[0]);
  }

  selection() {
    const d = this.model.found[this.state.detection];
    return d ? d.span : null;
  }

  onMedia(name) {
    const playing = this.stage.playing;
    if (name === "seeked" && !playing) this.state.time = this.stage.time;
    if (name === "pause" || name === "ended") {
      this.state.time = this.stage.time;
      this.commit({});
    }
    this.set({ playing });
  }

  toggle() {
    if (this.stage.playing) this.stage.pause(); else this.stage.play();
  }

  seek(time) {
    const inside = Math.max(0, Math.min(time, this.model.duration));
    this.state.time = inside;
    this.stage.seek(inside);
    this.refresh();
  }

  // A step that the page hears of, once the hand rests.
  commit(patch) {
    const { time, ...rest } = patch;
    Object.assign(this.state, rest);
    if (time !== undefined) {
      this.seek(time);
      this.keepInView();
    }
    this.refresh();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.closed || !this.model) return;
      this.say();
      if (!this.stage.playing || "cell" in patch || "detection" in patch || "label" in patch
        || "layer" in patch) this.tell(this.view());
    }, COMMIT_AFTER);
  }

  view() {
    const { time, cell, detection, layer, label } = this.state;
    return {
      t: Math.round(time * 100) / 100, cell: cell ? `${cell[0]}-${cell[1]}` : null,
      det: detection, layer, cls: this.model.name(label), video: this.videoKey,
    };
  }

  pinCell(cell) {
    if (!cell) return;
    const same = this.state.cell && cell.join() === this.state.cell.join();
    this.commit({ cell: same ? null : cell });
  }

  pinDetection(number) {
    const d = this.model.found[number];
    this.stage.pause();
    this.commit({ detection: number, label: d.label, time: Math.min(d.span[0] + 0.002, d.span[1]) });
  }

  unpin() {
    this.commit({ cell: null, detection: null, loop: false });
  }

  chooseClass(label) {
    this.commit({ label });
  }

  goTruth(number) {
    const [from, , label] = this.model.truth[number];
    this.commit({ time: from + 0.002, label });
  }

  goNextTruth(sign) {
    this.jump(this.model.truth.map((t) => t[0]), sign, (i) => this.goTruth(i));
  }

  // Errors in time order: detections that are wrong, and truths that were missed.
  goError(sign) {
    const { found, truth } = this.model;
    const wrong = found.map((d, i) => [d.span[0], () => this.pinDetection(i), verdict(this.model, d)])
      .filter(([, , kind]) => kind === "wrong");
    const missed = truth.map((t, i) => [t[0], () => this.goTruth(i), t[3]])
      .filter(([, , by]) => by < 0);
    const errors = [...wrong, ...missed];
    this.jump(errors.map(([time]) => time), sign, (i) => errors[i][1]());
  }

  jump(times, sign, go) {
    const order = times.map((time, i) => [time, i]).sort((a, b) => a[0] - b[0]);
    const now = this.state.time;
    const ahead = order.filter(([t]) => (sign > 0 ? t > now + 0.05 : t < now - 0.05));
    const next = sign > 0 ? ahead[0] : ahead[ahead.length - 1];
    if (next) go(next[1]);
  }

  goEdge(side) {
    const span = this.selection();
    if (span) this.commit({ time: side ? span[1] - 0.002 : span[0] + 0.002 });
  }

  toggleLoop() {
    if (this.selection()) this.set({ loop: !this.state.loop });
  }

  nextLayer(sign) {
    const layers = this.imprint.available(), at = layers.indexOf(this.state.layer);
    this.commit({ layer: layers[(at + sign + layers.length) % layers.length] });
  }

  changeRate(sign) {
    const at = RATES.indexOf(this.state.rate);
    this.setRate(RATES[Math.max(0, Math.min(RATES.length - 1, at + sign))]);
  }

  setRate(rate) {
    this.stage.rate(rate);
    this.set({ rate });
  }

  fade(change) {
    this.set({ opacity: Math.max(0.05, Math.min(1, this.state.opacity + change)), heat: true });
  }

  zoomTo(from, to) {
    const whole = this.model.duration, length = Math.min(whole, Math.max(1, to - from));
    const start = Math.max(0, Math.min(from, whole - length));
    this.zoom = [start, start + length];
    this.refresh();
  }

  zoomAround(time, factor) {
    const [a, b] = this.zoom;
    const length = Math.min(this.model.duration, Math.max(1, (b - a) * factor));
    const share = (time - a) / (b - a);
    const place = share >= 0 && share <= 1 ? share : 0.5;
    this.zoomTo(time - place * length, time - place * length + length);
  }

  // A small frame from its sheet, or null where there is no picture of the video.
  tile(index) {
    const { data } = this, plan = data.sheets;
    if (!plan) return null;
    const place = index % plan.frames, page = Math.floor(index / plan.frames);
    const box = document.createElement("span");
    box.className = "thumb";
    box.style.aspectRatio = `${plan.width} / ${plan.height}`;
    box.style.backgroundImage = `url("${absolute(plan.url.replace("{page}", page))}")`;
    const rows = Math.ceil(Math.min(plan.frames, this.model.steps - page * plan.frames) / 10);
    box.style.backgroundSize = `1000% ${rows * 100}%`;
    const down = rows > 1 ? (Math.floor(place / 10) / (rows - 1)) * 100 : 0;
    box.style.backgroundPosition = `${((place % 10) / 9) * 100}% ${down}%`;
    return box;
  }

  link() {
    const { address } = this.data, view = this.view();
    const query = new URLSearchParams({ v: "1", ...address, cls: view.cls, t: view.t });
    if (view.cell) query.set("cell", view.cell);
    if (view.det !== null) query.set("det", view.det);
    if (view.layer !== "mosaic") query.set("layer", view.layer);
    return `${location.origin}${location.pathname}?${query}`;
  }

  async copyLink() {
    const link = this.link();
    try {
      await navigator.clipboard.writeText(link);
      this.bar.flash("Link copied");
    } catch {
      this.bar.offer(link); // no clipboard without a secure context
    }
    this.commit({});
  }

  // What a screen reader says after a step.
  say() {
    if (!this.model) return;
    const { state, model, index } = this, [row, column] = model.origin(index);
    const parts = [`feature ${index}`, `${state.time.toFixed(1)} s`, `cell ${row}, ${column}`,
      `${model.name(state.label)} ${model.score(index, state.label).toFixed(2)}`];
    const cell = state.hoverCell ?? state.cell;
    if (cell) parts.push(`at cell ${cell[0]}, ${cell[1]}: ${model.framesOn(cell).length} frames`);
    if (state.detection !== null) parts.push(describeDetection(model, state.detection));
    this.find(".live").textContent = parts.join(", ");
  }
}

const players = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let player = players.get(parentElement);
  if (!player) {
    player = new Player(parentElement);
    players.set(parentElement, player);
    (parentElement.host ?? parentElement).dbsPlayer = player;
  }
  player.update(data, (view) => setStateValue("view", view));
  return () => {
    player.close();
    players.delete(parentElement);
  };
}
