// The view as player and page tell it to each other, and as a link says it.

const OPEN_HEAT = 0.45; // the heat map's opacity where nothing else is said
const OPEN_TIOU = 0.5;

const ViewTalk = {
  // Take the view that the page asks for; what it does not name stays.
  obey(view) {
    const { state, model } = this, taken = { label: view.label, layer: view.layer, cell: view.cell };
    const own = !this.paint.applied && view.detection !== null; // else numbers are of others
    taken.detection = own && view.detection < model.found.length ? view.detection : null;
    if (view.truth !== undefined) {
      const known = view.truth !== null && view.truth < model.truth.length;
      taken.truth = known && taken.detection === null ? view.truth : null;
    }
    if (view.threshold !== undefined) taken.threshold = view.threshold;
    if (view.tiou !== undefined) taken.tiou = view.tiou;
    if (view.heat !== undefined) {
      taken.heat = view.heat !== 0;
      taken.opacity = view.heat || (view.heat === 0 ? state.opacity : OPEN_HEAT);
    }
    if (view.map !== undefined) taken.map = view.map;
    Object.assign(state, taken);
    if (view.paint !== undefined && this.paint.offered) this.paint.obey(view.paint);
    if (view.zoom !== undefined) this.zoomTo(...(view.zoom ?? [0, model.duration]));
    if (view.time !== null) this.seek(view.time);
    this.refresh();
  },

  // The page says up to which word of this player it has listened. What it shows before
  // it has heard the last one is old; after that, its class is the one to show, but for
  // a class that it will be told in a moment.
  hear({ label }, heard) {
    if (heard >= this.said && !("label" in this.pending)) this.state.label = label;
  },

  tellPage() {
    // Dated: what says the same as the last time would not be heard, though the page may
    // have chosen otherwise in between.
    this.said = Math.max(Date.now(), this.said + 1);
    this.tell({ ...this.view(), said: this.said });
  },

  // The next error may be in another video: only the page knows those.
  askForError(sign) {
    clearTimeout(this.timer);
    if (Object.keys(this.pending).length) this.tellPage(); // a step of its own
    this.pending = {};
    this.foot.flash(`No ${sign > 0 ? "later" : "earlier"} one here: looking in other videos`);
    this.ask({ ...this.view(), sign, said: Date.now() });
  },

  view() {
    const { time, cell, detection, truth, layer, label, heat, map, opacity, tiou } = this.state;
    const shown = heat ? Math.round(opacity * 100) / 100 : 0, [a, b] = this.zoom;
    const whole = b - a > this.model.duration - 0.05;
    return {
      video: this.videoKey, t: Math.round(time * 100) / 100,
      cell: cell ? `${cell[0]}-${cell[1]}` : null, det: this.paint.applied ? null : detection, truth, layer,
      cls: this.model.name(label), zoom: whole ? null : `${a.toFixed(1)}-${b.toFixed(1)}`,
      map, heat: shown === OPEN_HEAT ? null : shown, score: this.ownScore() ? null : this.state.threshold,
      tiou, paint: this.paint.inLink,
    };
  },

  // Whether the threshold is the one that a view has without saying so.
  ownScore() {
    const { threshold } = this.state, own = this.data.ownThreshold ?? "all";
    return threshold === null || threshold === own;
  },

  link() {
    const { address } = this.data, view = this.view();
    const query = new URLSearchParams({ v: "1", ...address, [this.data.classKey]: view.cls, t: view.t });
    for (const name of ["cell", "det", "truth", "zoom", "heat", "score", "paint"]) {
      if (view[name] !== null) query.set(name, view[name]);
    }
    if (view.layer !== "mosaic" && this.has("imprint")) query.set("layer", view.layer);
    if (view.map !== "place" && this.has("place")) query.set("map", view.map);
    if (view.tiou !== OPEN_TIOU) query.set("tiou", view.tiou);
    return `${location.origin}${location.pathname}?${query}`;
  },

  async copyLink() {
    const link = this.link();
    try {
      await navigator.clipboard.writeText(link);
      this.foot.flash(this.paint.copied());
    } catch {
      this.foot.offer(link); // no clipboard without a secure context
    }
    this.commit({});
  },

  // What a screen reader says after a step.
  say() {
    if (!this.model) return;
    const { state, model, index } = this, parts = [`${state.time.toFixed(1)} s`];
    if (model.hasImprint) {
      parts.unshift(`sample ${index}`);
      parts.push(`cell ${model.origin(index).join(", ")}`,
        `${model.name(state.label)} ${model.score(index, state.label).toFixed(2)}`);
    }
    const cell = state.hoverCell ?? state.cell;
    if (cell) parts.push(`at cell ${cell[0]}, ${cell[1]}: ${counted(model.framesOn(cell).length, "sample")}`);
    if (state.detection !== null) parts.push(describeDetection(this, state.detection));
    if (state.truth !== null) parts.push(describeTruth(this, state.truth));
    this.find(".live").textContent = parts.join(", ");
  },
};
