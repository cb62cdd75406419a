// Class chips, play buttons, heat-map controls, the link button.

class Bar {
  constructor(root, player) {
    this.player = player;
    this.root = root;
    this.chips = root.querySelector(".chips");
    this.readout = root.querySelector(".readout");
    this.linkField = root.querySelector(".link-field");
    this.note = root.querySelector(".flash");
    for (const button of root.querySelectorAll("[data-do]")) {
      button.onclick = () => ACTIONS[button.dataset.do](player);
    }
    const bind = (name, act) => {
      const input = root.querySelector(`[name=${name}]`);
      input.oninput = () => act(input);
      this[name] = input;
    };
    bind("opacity", (input) => player.set({ opacity: Number(input.value) }));
    bind("smooth", (input) => player.set({ smooth: input.checked }));
    bind("heat", (input) => player.set({ heat: input.checked }));
    bind("minScore", (input) => player.set({ minScore: Number(input.value) }));
    bind("rate", (input) => player.setRate(Number(input.value)));
    this.rate.replaceChildren(...RATES.map((rate) => new Option(`${rate}×`, rate)));
    this.help = player.help;
    this.help.querySelector("button").onclick = () => this.help.close();
  }

  load(model) {
    this.chips.replaceChildren(...model.classes.filter((c) => c.present).map((c) => this.chip(c)));
    const none = !this.chips.children.length;
    this.root.querySelector(".no-class").hidden = !none;
    this.root.querySelector(".nothing").hidden = model.found.length > 0;
    this.root.querySelector(".nothing").textContent = this.nothing(model);
    this.root.querySelector(".absent").hidden = true;
    const lowest = Math.min(0, ...model.found.map((d) => d.score));
    this.minScore.min = Math.floor(lowest * 20) / 20;
    this.minScore.value = this.minScore.min;
    this.player.set({ minScore: Number(this.minScore.min) });
    this.root.querySelector(".rule").textContent = model.hasTruth ? `by ${model.rule}` : "no truth for this video";
    for (const key of this.root.querySelectorAll(".key")) key.hidden = !model.hasTruth;
  }

  nothing(model) {
    if (model.found.length) return "";
    let best = [0, 1, 0];
    for (const item of model.classes) {
      for (let i = 0; i < model.steps; i++) {
        const score = model.score(i, item.label);
        if (score > best[0]) best = [score, item.label, model.times[i]];
      }
    }
    return `Nothing was detected in this video. The best score of a frame is `
      + `${best[0].toFixed(2)} (${model.name(best[1])} at ${formatTime(best[2])}).`;
  }

  chip(item) {
    const { player } = this, button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.dataset.label = item.label;
    button.setAttribute("role", "radio");
    const dot = document.createElement("i");
    button.append(dot, textSpan(item.name, "name"));
    const counts = player.model.hasTruth ? `${item.truth} true · ${item.found} found` : `${item.found} found`;
    button.append(textSpan(counts, "counts"));
    button.onclick = () => player.chooseClass(item.label);
    button.onpointerenter = () => player.set({ hoverClass: item.label });
    button.onpointerleave = () => player.set({ hoverClass: null });
    return button;
  }

  draw() {
    const { model, state, colours } = this.player;
    if (!model) return;
    for (const chip of this.chips.children) {
      const label = Number(chip.dataset.label);
      chip.setAttribute("aria-checked", label === state.label);
      chip.firstChild.style.background = colours.ofClass(model.classOf.get(label));
    }
    const chosen = model.classOf.get(state.label);
    const absent = this.root.querySelector(".absent");
    absent.hidden = !chosen || chosen.present;
    if (chosen && !chosen.present) {
      absent.textContent = `${chosen.name} is neither in the truth nor among the detections of this video.`;
    }
    this.readout.textContent = `${formatTime(state.time)} / ${formatTime(model.duration)}`;
    const play = this.root.querySelector("[data-do=play]");
    play.dataset.on = state.playing;
    play.setAttribute("aria-label", state.playing ? "Pause" : "Play");
    this.opacity.value = state.opacity;
    this.heat.checked = state.heat;
    this.smooth.checked = state.smooth;
    this.rate.value = state.rate;
    const loop = this.root.querySelector("[data-do=loop]");
    loop.setAttribute("aria-pressed", state.loop);
    loop.disabled = state.detection === null;
    this.root.querySelector(".scale .top").textContent = model.top(state.label).toFixed(2);
    this.root.querySelector(".scale .ramp").style.background = colours.rampCss;
    this.root.querySelector(".min-value").textContent = state.minScore <= Number(this.minScore.min) ? "all" : state.minScore.toFixed(2);
  }

  flash(text) {
    this.note.textContent = text;
    this.note.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.note.hidden = true; }, 2200);
  }

  offer(link) {
    this.linkField.value = link;
    this.linkField.hidden = false;
    this.linkField.select();
    if (document.execCommand?.("copy")) {
      this.linkField.hidden = true;
      this.flash("Link copied");
    }
  }
}

const ACTIONS = {
  skip: (player) => player.timeline.over.focus(),
  play: (player) => player.toggle(),
  back: (player) => player.commit({ time: player.model.timeOf(player.index - 1) }),
  forward: (player) => player.commit({ time: player.model.timeOf(player.index + 1) }),
  first: (player) => player.jump(player.model.found.map((d) => d.span[0]), -1, (i) => player.pinDetection(i)),
  next: (player) => player.jump(player.model.found.map((d) => d.span[0]), 1, (i) => player.pinDetection(i)),
  loop: (player) => player.toggleLoop(),
  link: (player) => player.copyLink(),
  help: (player) => player.help.showModal(),
  zoomIn: (player) => player.zoomAround(player.state.time, 0.6),
  zoomOut: (player) => player.zoomAround(player.state.time, 1 / 0.6),
  zoomAll: (player) => player.zoomTo(0, player.model.duration),
};
