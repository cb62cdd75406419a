// The video (or its still frames) with the heat map of the chosen class over it.

class Stage {
  constructor(root, player) {
    this.player = player;
    this.box = root.querySelector(".stage");
    this.video = root.querySelector("video");
    this.still = root.querySelector(".still");
    this.heat = root.querySelector(".heat");
    this.message = root.querySelector(".message");
    this.unseen = root.querySelector(".unseen");
    this.video.addEventListener("error", () => this.useStills("unplayable"));
    this.video.addEventListener("loadedmetadata", () => {
      if (this.video.videoWidth === 0) this.useStills("unplayable");
    });
    for (const name of ["play", "pause", "ended", "seeked", "ratechange"]) {
      this.video.addEventListener(name, () => player.onMedia(name));
    }
    this.box.addEventListener("pointermove", (event) => this.hover(event));
    this.box.addEventListener("pointerleave", () => player.set({ hoverCell: null }));
    this.box.addEventListener("click", (event) => this.click(event));
    // The mouse leaves the focus where it is: arrows step in time until Tab leads here.
    this.box.addEventListener("mousedown", (event) => {
      if (event.target !== this.message) event.preventDefault(); // its words can be copied
    });
    this.box.addEventListener("blur", () => player.set({ hoverCell: null }));
    this.clock = { time: 0, playing: false, rate: 1, stamp: 0 };
  }

  // data.video: address or null; data.frames: address of frames or null. Without either
  // the imprint stands in, and without that a line says why nothing is seen.
  load(data) {
    this.data = data;
    this.mode = data.video ? "video" : data.frames ? "stills" : "imprint";
    Object.assign(this.clock, { time: 0, playing: false, stamp: 0 });
    this.lastStill = null;
    this.message.textContent = this.unseen.textContent = data.stageNote ?? "";
    this.message.hidden = !data.stageNote;
    this.show();
    if (this.mode === "video") {
      this.video.src = absolute(data.video);
    } else {
      this.video.removeAttribute("src");
      this.video.load();
    }
  }

  useStills(reason) {
    if (this.mode !== "video") return;
    this.clock.time = this.player.state.time;
    this.mode = this.data.frames ? "stills" : "imprint";
    if (reason === "unplayable") {
      this.message.textContent = this.data.unplayableNote ?? "";
      this.message.hidden = !this.message.textContent;
    }
    this.show();
    this.player.set({ playing: false });
  }

  show() {
    this.video.hidden = this.mode !== "video";
    this.still.hidden = this.mode === "video";
  }

  get time() {
    if (this.mode === "video") return this.video.currentTime;
    const clock = this.clock;
    if (clock.playing) {
      const now = performance.now();
      clock.time += ((now - clock.stamp) / 1000) * clock.rate;
      clock.stamp = now;
      const end = this.player.model?.duration ?? 0;
      if (clock.time >= end) {
        clock.time = end;
        clock.playing = false;
        queueMicrotask(() => this.player.onMedia("pause"));
      }
    }
    return clock.time;
  }

  get playing() {
    return this.mode === "video" ? !this.video.paused && !this.video.ended : this.clock.playing;
  }

  seek(time) {
    this.clock.time = time;
    if (this.mode === "video") this.video.currentTime = time;
  }

  play() {
    if (this.mode === "video") {
      this.video.play().catch(() => this.player.onMedia("pause"));
      return;
    }
    if (this.clock.time >= this.player.model.duration - 0.01) this.clock.time = 0;
    this.clock.stamp = performance.now();
    this.clock.playing = true;
    this.player.onMedia("play");
  }

  pause() {
    if (this.mode === "video") this.video.pause();
    else if (this.clock.playing) {
      this.clock.playing = false;
      this.player.onMedia("pause");
    }
  }

  rate(value) {
    // Another source begins at the default rate, whatever the last one had.
    this.video.defaultPlaybackRate = this.video.playbackRate = value;
    this.clock.rate = value;
  }

  // Where the picture lies inside its box, in CSS pixels.
  picture() {
    const model = this.player.model;
    const width = this.box.clientWidth, height = this.box.clientHeight;
    const shown = this.mode === "video" && this.video.videoWidth;
    // The browser's own size knows of pixels that are not square.
    const [w, h] = shown ? [this.video.videoWidth, this.video.videoHeight] : model?.size ?? [4, 3];
    const scale = Math.min(width / w, height / h);
    return { x: (width - w * scale) / 2, y: (height - h * scale) / 2, w: w * scale, h: h * scale };
  }

  // The part of the picture that the feature map sees.
  mapped() {
    const p = this.picture(), [x0, y0, x1, y1] = this.player.model.box;
    return { x: p.x + x0 * p.w, y: p.y + y0 * p.h, w: (x1 - x0) * p.w, h: (y1 - y0) * p.h };
  }

  cellAt(event) {
    const model = this.player.model;
    if (!model?.hasImprint) return null;
    const box = this.box.getBoundingClientRect(), m = this.mapped();
    const i = Math.floor(((event.clientY - box.top - m.y) / m.h) * model.window[0]);
    const j = Math.floor(((event.clientX - box.left - m.x) / m.w) * model.window[1]);
    if (i < 0 || j < 0 || i >= model.window[0] || j >= model.window[1]) return null;
    const [row, column] = model.origin(this.player.index);
    return [(row + i) % model.cells[0], (column + j) % model.cells[1]];
  }

  hover(event) {
    this.player.set({ hoverCell: this.cellAt(event) });
  }

  click(event) {
    const cell = this.cellAt(event);
    if (cell) this.player.pinCell(cell);
  }

  draw() {
    const { model, state, index } = this.player;
    const context = fitCanvas(this.heat, this.box.clientWidth, this.box.clientHeight);
    if (!model) return;
    if (this.mode !== "video") this.drawStill(index);
    if (!model.hasImprint) return;
    if (state.heat && model.hasHeat) this.drawHeat(context, index);
    this.drawCell(context, state.hoverCell, "hover");
    this.drawCell(context, state.cell, "pinned");
  }

  drawHeat(context, index) {
    const { model, state, colours } = this.player, ramp = colours.ramp;
    const { map, h, w } = model.heatMap(index, state.label, state.map), m = this.mapped();
    const top = model.top(state.label);
    const small = pixelPicture(w, h, (i) => {
      const share = Math.min(1, map[i] / top), at = Math.round(share * 255) * 3;
      const alpha = 255 * state.opacity * (0.2 + 0.8 * share);
      return [ramp[at], ramp[at + 1], ramp[at + 2], alpha];
    });
    context.imageSmoothingEnabled = state.smooth;
    context.imageSmoothingQuality = "high";
    context.drawImage(small, m.x, m.y, m.w, m.h);
    context.strokeStyle = "rgba(255,255,255,0.45)";
    context.setLineDash([4, 4]);
    context.lineWidth = 1;
    context.strokeRect(m.x + 0.5, m.y + 0.5, m.w - 1, m.h - 1);
    context.setLineDash([]);
  }

  drawCell(context, cell, kind) {
    const { model, index } = this.player;
    if (!cell || !model.covers(index, cell)) return;
    const [row, column] = model.origin(index), [h, w] = model.window, m = this.mapped();
    const i = (cell[0] - row + model.cells[0]) % model.cells[0];
    const j = (cell[1] - column + model.cells[1]) % model.cells[1];
    outline(context, m.x + (j * m.w) / w, m.y + (i * m.h) / h, m.w / w, m.h / h, kind);
  }

  drawStill(index) {
    const p = this.picture(), frame = this.mode === "stills" ? this.frame(index) : null;
    if (this.mode === "stills" && !frame) return;
    const context = fitCanvas(this.still, this.box.clientWidth, this.box.clientHeight);
    if (frame) context.drawImage(frame, p.x, p.y, p.w, p.h);
    else if (this.player.model.hasImprint) this.drawImprintWindow(context, index);
  }

  // The still of a sampled frame; the last one drawn while it is on its way.
  frame(index) {
    if (this.lastStill?.index === index) return this.lastStill.image;
    const wanted = new Image();
    const index_ = index;
    wanted.onload = () => {
      if (!this.lastStill || this.player.index === index_ || this.playing) {
        this.lastStill = { index: index_, image: wanted };
        this.player.refresh();
      }
    };
    if (this.loading !== index) {
      this.loading = index;
      wanted.src = absolute(this.data.frames.replace("{i}", index));
    }
    return this.lastStill?.image ?? null;
  }

  // Without a video: the imprint's own picture of this frame.
  drawImprintWindow(context, index) {
    const { model, imprint } = this.player;
    if (!imprint.mosaic?.complete || !imprint.mosaic.naturalWidth) return;
    const m = this.mapped(), [row, column] = model.origin(index);
    const unit = imprint.mosaic.naturalWidth / model.cells[1];
    for (const [r, c, h, w] of windowPieces([row, column], model.window, model.cells)) {
      const x = m.x + (((c - column + model.cells[1]) % model.cells[1]) * m.w) / model.window[1];
      const y = m.y + (((r - row + model.cells[0]) % model.cells[0]) * m.h) / model.window[0];
      context.drawImage(
        imprint.mosaic, c * unit, r * unit, w * unit, h * unit,
        x, y, (w * m.w) / model.window[1], (h * m.h) / model.window[0],
      );
    }
  }
}

// Addresses are relative to the page, so that the app may live under any path.
function absolute(path) {
  return new URL(path, document.baseURI).href;
}

// An outline that shows on any picture: light on dark.
function outline(context, x, y, w, h, kind) {
  const styles = {
    window: ["#FFFFFF", 2, []], ghost: ["#FFFFFF", 1.5, [4, 3]],
    hover: ["#FFFFFF", 1.5, []], pinned: ["#FFB000", 2.5, []],
  };
  const [colour, width, dash] = styles[kind];
  context.lineWidth = width + 2.5;
  context.strokeStyle = "rgba(0,0,0,0.6)";
  context.strokeRect(x, y, w, h);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.setLineDash(dash);
  context.strokeRect(x, y, w, h);
  context.setLineDash([]);
}
