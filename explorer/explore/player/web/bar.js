// Class chips, play buttons and the controls of the heat map.

class Bar {
  constructor(root, player) {
    this.player = player;
    this.root = root;
    this.chips = root.querySelector(".chips");
    this.readout = root.querySelector(".readout");
    for (const button of root.querySelectorAll("[data-do]")) {
      button.onclick = () => ACTIONS[button.dataset.do](player);
    }
    const bind = (name, act) => {
      const input = root.querySelector(`[name=${name}]`);
      input.oninput = () => act(input);
      this[name] = input;
    };
    bind("opacity", (input) => player.set({ opacity: Number(input.value), heat: true }));
    bind("smooth", (input) => player.set({ smooth: input.checked }));
    bind("heat", (input) => player.commit({ heat: input.checked }));
    bind("map", (input) => player.commit({ map: input.value, heat: true }));
    bind("rate", (input) => player.setRate(Number(input.value)));
    this.opacity.onchange = () => player.commit({ opacity: player.state.opacity });
    this.rate.replaceChildren(...RATES.map((rate) => new Option(`${rate}×`, rate)));
  }

  // Chips that stay keep their place and the focus.
  load(model) {
    const known = new Map([...this.chips.children].map((chip) => [chip.dataset.label, chip]));
    const chips = model.classes.filter((c) => c.present).map((c) => {
      const old = known.get(`${c.label}`);
      return old?.querySelector(".name").textContent === c.name ? old : this.chip(c);
    });
    if (chips.length !== known.size || chips.some((chip, i) => chip !== this.chips.children[i])) {
      this.chips.replaceChildren(...chips);
    }
    this.root.querySelector(".no-class").hidden = chips.length > 0;
    this.none = this.nothing(model);
    this.root.querySelector(".absent").hidden = true;
  }

  // Of many classes only two lines of chips have room: the chosen one is among them.
  bringIntoView(chip, label) {
    this.inView = label;
    const { chips } = this, top = chip.offsetTop - chips.offsetTop;
    if (top < chips.scrollTop || top + chip.offsetHeight > chips.scrollTop + chips.clientHeight) {
      chips.scrollTop = top;
    }
  }

  nothing(model) {
    if (model.found.length) return "";
    if (!model.hasImprint) return "Nothing was detected in this video.";
    let best = [0, 1, 0];
    for (const item of model.classes) {
      for (let i = 0; i < model.steps; i++) {
        const score = model.score(i, item.label);
        if (score > best[0]) best = [score, item.label, model.times[i]];
      }
    }
    return `Nothing was detected in this video. The best score of a sample is `
      + `${best[0].toFixed(2)} (${model.name(best[1])} at ${formatTime(best[2])}).`;
  }

  chip(item) {
    const { player } = this, button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.dataset.label = item.label;
    button.setAttribute("role", "radio");
    const dot = document.createElement("i");
    button.append(dot, textSpan(item.name, "name"), textSpan("", "counts"));
    button.onclick = () => player.chooseClass(item.label);
    button.onpointerenter = () => player.set({ hoverClass: item.label });
    button.onpointerleave = () => player.set({ hoverClass: null });
    return button;
  }

  draw() {
    const { model, state, colours } = this.player;
    if (!model) return;
    const { judged } = this.player;
    for (const chip of this.chips.children) {
      const label = Number(chip.dataset.label);
      chip.setAttribute("aria-checked", label === state.label);
      chip.firstChild.style.background = colours.ofClass(model.classOf.get(label));
      setText(chip.lastChild, countText(judged.of(label), model.hasTruth));
      if (label === state.label && label !== this.inView) this.bringIntoView(chip, label);
    }
    const chosen = model.classOf.get(state.label);
    const absent = this.root.querySelector(".absent");
    absent.hidden = !chosen || chosen.present;
    if (chosen && !chosen.present) {
      absent.textContent = `${chosen.name} is neither in the truth nor among the detections of this video.`;
    }
    const nothing = this.root.querySelector(".nothing");
    nothing.hidden = judged.kinds.some((kind) => kind !== "hidden");
    setText(nothing, this.none || `No detection scores ${this.player.least.toFixed(2)} or more.`);
    this.readout.textContent = `${formatTime(state.time, model.digits)} / ${formatTime(model.duration, model.digits)}`;
    const play = this.root.querySelector("[data-do=play]");
    play.dataset.on = state.playing;
    play.setAttribute("aria-label", state.playing ? "Pause" : "Play");
    this.opacity.value = state.opacity;
    this.heat.checked = state.heat;
    this.map.value = state.map;
    this.smooth.checked = state.smooth;
    this.rate.value = state.rate;
    const loop = this.root.querySelector("[data-do=loop]");
    loop.setAttribute("aria-pressed", state.loop);
    loop.disabled = !this.player.selection();
    if (!model.hasImprint) return;
    this.root.querySelector(".scale .top").textContent = model.top(state.label).toFixed(2);
    this.root.querySelector(".scale .ramp").style.background = colours.rampCss;
  }
}

const ACTIONS = {
  skip: (player) => player.timeline.over.focus(),
  play: (player) => player.toggle(),
  back: (player) => player.commit({ time: player.model.timeOf(player.index - 1) }),
  forward: (player) => player.commit({ time: player.model.timeOf(player.index + 1) }),
  first: (player) => player.goNextDetection(-1),
  next: (player) => player.goNextDetection(1),
  loop: (player) => player.toggleLoop(),
  link: (player) => player.copyLink(),
  paint: (player) => player.paint.toggle(),
  paintErase: (player) => player.paint.toggleErasing(),
  paintSample: (player) => player.paint.paintSample(),
  paintUndo: (player) => player.paint.undo(),
  paintClear: (player) => player.paint.clear(),
  help: (player) => player.help.open(player),
  tour: (player) => {
    player.help.close();
    player.tour.start();
  },
  allScores: (player) => player.foot.choose("all"),
  ownScores: (player) => player.foot.choose(null),
  zoomIn: (player) => player.zoomAround(player.state.time, 0.6),
  zoomOut: (player) => player.zoomAround(player.state.time, 1 / 0.6),
  zoomAll: (player) => player.zoomAll(),
};

// Text is written only where it changes, so that what is drawn often stays cheap.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
