// The linked player: one state, five views of it, and its two-way tie to the page.

const RATES = [0.25, 0.5, 1, 1.5, 2, 4];
const COMMIT_AFTER = 180; // ms of rest before the page is told
const MOST_KEYS = 40; // pressed while a video is on its way

// What the address does not say and the next player keeps: the page puts a new one in the
// place of the old where it goes elsewhere and back, or a run of it was cut short.
const lasting = { rate: 1, smooth: true };

class Player {
  constructor(root) {
    this.root = root;
    this.shell = root.querySelector(".dbs");
    this.find = (name) => root.querySelector(name);
    this.state = {
      time: 0, playing: false, hoverTime: null, hoverCell: null, hoverClass: null,
      cell: null, detection: null, truth: null, label: 1, layer: "mosaic", heat: true, map: "place",
      opacity: OPEN_HEAT, threshold: null, tiou: OPEN_TIOU, loop: false, ...lasting,
    };
    this.zoom = [0, 1];
    this.drawn = 0; // draws so far; read by tests
    this.said = 0; // when the page was told last
    this.pending = {};
    this.waitingKeys = [];
    this.help = new Help(root);
    this.stage = new Stage(root, this);
    this.imprint = new ImprintView(root, this);
    this.timeline = new Timeline(root, this);
    this.pointer = new TimelinePointer(this.timeline, this);
    this.inspector = new Inspector(root, this);
    this.bar = new Bar(root, this);
    this.foot = new Foot(root, this);
    this.paint = new Paint(root, this);
    this.tour = new Tour(root, this);
    this.keys = new Keyboard(this);
    this.stage.rate(this.state.rate);
    this.resize = new ResizeObserver(() => this.refresh());
    this.resize.observe(this.shell);
  }

  close() {
    this.closed = true;
    this.tour.close();
    this.keys.close();
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
  }

  // Called by the page on every run: new data, or only a new theme.
  update(data, tell, ask) {
    Object.assign(this, { tell, ask });
    const host = this.root.host ?? this.shell, before = this.data;
    this.colours = new Colours(host);
    this.shell.dataset.theme = this.colours.dark ? "dark" : "light";
    this.data = data;
    const sameVideo = data.videoKey === before?.videoKey;
    if (!sameVideo || data.order !== before?.order) this.ordered = true;
    else this.hear(data.view, data.heard);
    if (data.payload !== before?.payload) this.load();
    if (!this.awaiting) {
      if (data.video !== before?.video || data.frames !== before?.frames) this.replaceVideo();
      this.obeyOrder();
      this.tour.arrived();
    }
    this.refresh();
  }

  // Whether what is on screen is still the last video: keys then wait for the new one.
  get awaiting() {
    return !this.model || this.data.videoKey !== this.videoKey;
  }

  async load() {
    const { payload } = this.data;
    if (this.awaiting) this.shell.dataset.ready = "false";
    this.find(".failure").hidden = true;
    this.failed = false;
    try {
      const model = await fetchModel(absolute(payload));
      if (payload !== this.data.payload || this.closed) return;
      if (this.videoKey !== this.data.videoKey) this.paint.forget();
      this.model = model;
    } catch (error) {
      if (payload !== this.data.payload) return;
      this.failed = true;
      this.waitingKeys = [];
      this.find(".failure").textContent = `This video's data did not arrive: ${error.message}`;
      this.find(".failure").hidden = false;
      return;
    }
    this.shell.style.setProperty("--aspect", this.model.size[0] / this.model.size[1]);
    const another = this.videoKey !== this.data.videoKey;
    if (another) this.start();
    this.take(this.model);
    this.paint.arrived();
    this.obeyOrder();
    this.showParts();
    this.shell.dataset.ready = "true";
    this.say();
    this.tour.arrived();
    for (const event of this.waitingKeys.splice(0)) this.keys.act(event);
  }

  // Show a result: the run's own, or one with painted cells.
  take(model) {
    this.model = model;
    this.judge = new Judge(model);
    this.imprint.key = this.timeline.key = this.timeline.planned = null;
    this.inspector.load();
    this.bar.load(model);
    this.foot.load(model);
    this.refresh();
  }

  // Another video: forget what belonged to the last one.
  start() {
    const { data } = this;
    this.videoKey = data.videoKey;
    this.pending = {};
    clearTimeout(this.timer);
    this.tour.close();
    this.zoom = [0, this.model.duration];
    Object.assign(this.state, {
      time: 0, playing: false, hoverTime: null, hoverCell: null, cell: null, detection: null,
      truth: null, loop: false,
    });
    this.stage.load(data);
    this.imprint.load(data);
    this.timeline.load();
  }

  obeyOrder() {
    if (this.ordered) this.obey(this.data.view);
    this.ordered = false;
    const { state, model } = this; // the result may have been made anew
    const layers = this.imprint.available();
    if (!layers.includes(state.layer)) state.layer = layers[0] ?? "mosaic";
    if (!model.found[state.detection]) state.detection = null;
    if (!model.truth[state.truth]) state.truth = null;
  }

  // A copy that plays has been made: the same moment, now in the video.
  replaceVideo() {
    const { time } = this.state;
    this.stage.load(this.data);
    this.showParts();
    this.seek(time);
  }

  // What there is of this video. Parts of the page, keys and their help go by it.
  has(part) {
    const { model, data } = this, picture = Boolean(data.video || data.frames);
    return {
      truth: model.hasTruth, unjudged: !model.hasTruth, ambiguous: model.ambiguous.length > 0,
      imprint: model.hasImprint, plain: !model.hasImprint, scene: picture || model.hasImprint,
      heat: model.hasHeat, place: Boolean(model.unusualCells), bare: model.hasHeat && !model.unusualCells,
      pooled: model.hasImprint && !model.hasHeat,
      unseen: !picture && !model.hasImprint,
    }[part];
  }

  showParts() {
    for (const part of this.shell.querySelectorAll("[data-with]")) {
      part.hidden = !this.has(part.dataset.with);
    }
    for (const part of ["imprint", "scene"]) this.shell.dataset[part] = this.has(part);
  }

  get index() {
    return this.model ? this.model.indexAt(this.state.time) : 0;
  }

  // The lowest score that counts: the user's, or the run's own.
  get least() {
    const { threshold } = this.state;
    if (threshold === "all") return -Infinity;
    return threshold ?? this.data.ownThreshold ?? -Infinity;
  }

  get judged() {
    return this.judge.at(this.least, this.state.tiou);
  }

  set(patch) {
    Object.assign(this.state, patch);
    for (const name of Object.keys(lasting)) lasting[name] = this.state[name];
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
    const { stage, imprint, timeline, inspector, bar, foot, paint, tour } = this;
    for (const part of [stage, imprint, timeline, inspector, bar, foot, paint.words, tour]) part.draw();
  }

  keepLooping() {
    const span = this.state.loop && this.selection();
    if (span && (this.state.time >= span[1] || this.state.time < span[0] - 0.3)) this.seek(span[0]);
  }

  onMedia(name) {
    const playing = this.stage.playing;
    // A seek that a newer one has overtaken says nothing.
    if (name === "seeked" && !playing && !this.stage.video.seeking) this.state.time = this.stage.time;
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

  // A step that the page hears of, once the hand rests; while playing, not of the time.
  commit(patch) {
    const { time, zoomed, painted, ...rest } = patch;
    Object.assign(this.state, rest);
    Object.assign(this.pending, rest, zoomed ? { zoomed } : {}, painted ? { painted } : {});
    if (time !== undefined) {
      this.seek(time);
      this.keepInView();
    }
    this.refresh();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.closed || this.awaiting) return;
      this.say();
      if (!this.stage.playing || Object.keys(this.pending).length) this.tellPage();
      this.pending = {};
    }, COMMIT_AFTER);
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
}

Object.assign(Player.prototype, Steps, Zooming, ViewTalk);

const players = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  let player = players.get(parentElement);
  if (!player) {
    player = new Player(parentElement);
    players.set(parentElement, player);
    (parentElement.host ?? parentElement).dbsPlayer = player;
  }
  player.update(
    data,
    (view) => setStateValue("view", view),
    (step) => setTriggerValue("step", step),
  );
  return () => {
    player.close();
    players.delete(parentElement);
  };
}
