// Cells painted with a brush: the labels change, and the server finds the video anew.
// The run is not touched. While paint is on, the player shows the painted result in the
// place of the run's own, which is kept beside it.

const BRUSHES = [1, 3, 5]; // cells wide
const UNDOS = 100;
const MOST_IN_LINK = 1500; // letters; browsers and mail take links of about 2,000

class Paint {
  constructor(root, player) {
    this.player = player;
    this.shell = root.querySelector(".dbs");
    this.over = root.querySelector(".grid-over");
    this.words = new PaintWords(root, this);
    this.picture = new PaintPicture(this);
    this.on = this.erases = false;
    this.brush = BRUSHES[1];
    this.forget();
    this.over.addEventListener("pointerdown", (event) => this.down(event));
    this.over.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) this.over.addEventListener(end, () => this.up());
  }

  // Nothing is painted: at the start, and on another video.
  forget() {
    if (this.cells?.size) this.player.foot.flash("Painting stays with its video: it is gone");
    this.cells = new Map(); // place, row by row, to label
    this.history = [];
    this.stroke = this.own = this.before = null;
    this.told = this.shown = this.failure = "";
    this.version = (this.version ?? 0) + 1;
  }

  get offered() {
    return Boolean(this.player.data?.painted);
  }

  get label() {
    return this.erases ? 0 : this.player.state.label;
  }

  // Whether what the player shows is a painted result.
  get applied() {
    return this.own !== null;
  }

  toggle() {
    if (!this.offered) return;
    this.on = !this.on;
    this.up();
    this.shell.dataset.painting = this.on;
    this.player.refresh();
  }

  nextBrush() {
    this.choose(BRUSHES[(BRUSHES.indexOf(this.brush) + 1) % BRUSHES.length]);
  }

  choose(brush) {
    this.brush = brush;
    this.player.refresh();
  }

  toggleErasing() {
    this.erases = !this.erases;
    this.player.refresh();
  }

  down(event) {
    if (!this.on || event.button !== 0 || this.player.awaiting) return;
    this.over.setPointerCapture(event.pointerId);
    this.begin(event.altKey);
    this.dab(this.player.imprint.cellAt(event));
  }

  move(event) {
    if (this.stroke) this.dab(this.player.imprint.cellAt(event));
  }

  up() {
    if (this.stroke) this.end();
  }

  begin(erases = false) {
    this.stroke = { from: new Map(this.cells), label: erases ? 0 : this.label, at: null, count: 0 };
  }

  // The brush from its last place to this one, so that a quick hand leaves no gaps.
  dab(to) {
    const { stroke } = this, from = stroke.at ?? to;
    const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
    for (let i = 0; i <= steps; i++) {
      const [row, column] = [0, 1].map((k) => Math.round(from[k] + ((to[k] - from[k]) * i) / steps));
      for (const cell of this.block([row, column])) this.put(cell);
    }
    stroke.at = to;
    this.player.refresh();
  }

  // The cells under the brush: it ends where the imprint does.
  block([row, column]) {
    const half = this.brush >> 1, [gh, gw] = this.player.model.cells, found = [];
    for (let r = Math.max(0, row - half); r <= Math.min(gh - 1, row + half); r++) {
      for (let c = Math.max(0, column - half); c <= Math.min(gw - 1, column + half); c++) found.push([r, c]);
    }
    return found;
  }

  // Cells without a sample have no say in the scores: the brush passes over them.
  put([row, column]) {
    const { model } = this.player, place = row * model.cells[1] + column, { stroke } = this;
    if (!model.mask[place]) return;
    stroke.count += 1;
    if (this.cells.get(place) === stroke.label) return;
    this.cells.set(place, stroke.label);
    this.version += 1;
  }

  end() {
    const { from, count } = this.stroke;
    this.stroke = null;
    if (!count) this.player.foot.flash("No sample lies there: nothing to paint");
    else this.settle(from);
  }

  // All at once, as one step: cells [row, column].
  paintCells(cells, erases = false) {
    this.begin(erases);
    for (const cell of cells) this.put(cell);
    this.end();
  }

  // Every cell of the sample that is shown.
  paintSample() {
    const { model, index } = this.player, [gh, gw] = model.cells, [h, w] = model.window;
    const [row, column] = model.origin(index), cells = [];
    for (let k = 0; k < h * w; k++) cells.push([(row + Math.floor(k / w)) % gh, (column + (k % w)) % gw]);
    this.paintCells(cells);
  }

  // What a link says: cells in scattered pieces may be too many for one.
  get inLink() {
    return this.told && this.told.length <= MOST_IN_LINK ? this.told : null;
  }

  copied() {
    return this.told && !this.inLink ? "Link copied, without the paint: too many pieces" : "Link copied";
  }

  // What a link or the browser's Back says is painted.
  obey(text) {
    if (text === this.told || (!text && this.told && !this.inLink)) return;
    const from = this.cells, { mask } = this.player.model;
    this.cells = new Map();
    for (const part of text ? text.split("~") : []) {
      const [label, runs] = part.split("_");
      for (const run of runs.split(".")) {
        const [first, last = first] = run.split("-").map(Number);
        for (let place = first; place <= last; place++) if (mask[place]) this.cells.set(place, Number(label));
      }
    }
    this.settle(from, false);
  }

  undo() {
    if (!this.history.length) return this.player.foot.flash("Nothing to undo");
    this.cells = this.history.pop();
    this.settle(null);
  }

  clear() {
    if (!this.cells.size) return this.player.foot.flash("Nothing is painted");
    const from = this.cells;
    this.cells = new Map();
    this.settle(from);
  }

  // A step has been made, from what was painted before it.
  settle(from, isNews = true) {
    if (from) this.history.push(from);
    this.history.splice(0, this.history.length - UNDOS);
    this.told = this.text();
    this.version += 1;
    this.player.refresh();
    this.catchUp();
    if (isNews) this.player.commit({ painted: true });
  }

  // What the server reads (paint_text.py): runs of cells, label by label.
  text() {
    const places = new Map();
    for (const place of [...this.cells.keys()].sort((a, b) => a - b)) {
      const label = this.cells.get(place);
      if (!places.has(label)) places.set(label, []);
      const runs = places.get(label), last = runs.at(-1);
      if (last && last[1] === place - 1) last[1] = place; else runs.push([place, place]);
    }
    return [...places].sort((a, b) => a[0] - b[0]).map(([label, runs]) => (
      `${label}_${runs.map(([a, b]) => (a === b ? a : `${a}-${b}`)).join(".")}`)).join("~");
  }

  address() {
    return this.told ? `${this.player.data.painted}&paint=${this.told}` : "";
  }

  // Fetch what was painted last; one at a time, however quick the hand is.
  async catchUp() {
    if (this.busy) return;
    this.busy = true;
    while (!this.player.closed && !this.player.awaiting && this.address() !== this.shown) {
      const address = this.address();
      let model = null;
      try {
        if (address) model = await fetchModel(absolute(address));
        this.failure = "";
      } catch (error) {
        if (address !== this.address()) continue;
        this.failure = error.message;
        break;
      }
      if (address !== this.address() || this.player.closed) continue;
      this.shown = address;
      this.show(model);
    }
    this.busy = false;
    this.player.refresh();
  }

  // The painted result in the place of the run's own, or that again.
  show(painted) {
    const { player } = this;
    if (painted) this.own ??= player.model;
    const next = painted ?? this.own;
    if (!painted) this.own = null;
    if (!next) return;
    this.before = this.own && new Judge(this.own);
    player.state.detection = null; // its number is another detection's now
    player.take(next);
    player.say();
  }

  // The run's own detections of a class that the threshold lets through, as judged.
  detectionsBefore(label) {
    if (!this.applied) return [];
    const { kinds } = this.before.at(this.player.least, this.player.state.tiou);
    return this.own.found.map((d, i) => ({ d, kind: kinds[i] }))
      .filter(({ d, kind }) => d.label === label && kind !== "hidden");
  }

  // The run's own result has come, of this video or another class of it.
  arrived() {
    this.own = this.before = null;
    this.shown = "";
    this.catchUp();
  }

  // On the imprint by keys: Enter paints, Shift and arrows paint on the way.
  onKey(event, cell) {
    if (!this.on) return false;
    const move = event.shiftKey && !event.altKey && MOVES[event.key];
    if (!move && event.key !== "Enter") return false;
    const [gh, gw] = this.player.model.cells;
    const to = move ? [(cell[0] + move[0] + gh) % gh, (cell[1] + move[1] + gw) % gw] : cell;
    this.player.set({ hoverCell: to });
    this.paintCells(this.block(to), event.altKey);
    return true;
  }
}
