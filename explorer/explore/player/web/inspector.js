// Numbers of the moment, what is pinned, and the frames that live on the pinned cell.

const STRIP_CHUNK = 120;
const VERDICTS = {
  right: "✓ right", wrong: "✕ wrong", ignored: "○ not counted", found: "found",
};

class Inspector {
  constructor(root, player) {
    this.player = player;
    this.numbers = root.querySelector(".numbers");
    this.scores = root.querySelector(".scores");
    this.pinned = root.querySelector(".pinned");
    this.strip = root.querySelector(".strip");
    this.strip.addEventListener("scroll", () => this.grow());
  }

  load() {
    this.key = this.stripKey = this.pinKey = null;
  }

  draw() {
    const { model, state, index } = this.player;
    if (!model) return;
    const native = Math.floor((model.times[index] + 1e-3) * model.frameRate);
    const key = [index, state.label, Math.round(state.time * 10)].join("|");
    if (key !== this.key) {
      this.key = key;
      this.drawNumbers(model, state, index, native);
      this.drawScores(model, state, index);
    }
    this.drawPinned(model, state);
    this.drawStrip(model, state);
  }

  drawNumbers(model, state, index, native) {
    const [row, column] = model.origin(index);
    const values = [
      ["Time", `${state.time.toFixed(1)} s`], ["Frame", `${native}`],
      ["Feature", `${index} / ${model.steps - 1}`], ["Cell", `${row}, ${column}`],
    ];
    this.numbers.replaceChildren(...values.map(([name, value]) => {
      const box = document.createElement("div");
      box.append(textSpan(name, "name"), textSpan(value, "value"));
      return box;
    }));
  }

  // The strongest classes of this frame, the chosen one always, background last.
  drawScores(model, state, index) {
    const labels = model.classes.map((c) => c.label);
    labels.sort((a, b) => model.score(index, b) - model.score(index, a));
    const shown = labels.slice(0, 4);
    if (!shown.includes(state.label)) shown[3] = state.label;
    this.scores.replaceChildren(...[...shown, 0].map((label) => this.scoreRow(model, label, index)));
  }

  scoreRow(model, label, index) {
    const { state, colours } = this.player, value = model.score(index, label);
    const row = document.createElement(label ? "button" : "div");
    row.className = label === state.label ? "score chosen" : "score";
    const bar = document.createElement("i");
    bar.style.width = `${(value * 100).toFixed(1)}%`;
    bar.style.background = label ? colours.ofClass(model.classOf.get(label)) : colours.grey;
    const track = document.createElement("span");
    track.className = "track";
    track.append(bar);
    row.append(textSpan(model.name(label), "name"), track, textSpan(value.toFixed(2), "value"));
    if (label) {
      row.type = "button";
      row.onclick = () => this.player.chooseClass(label);
    }
    return row;
  }

  drawPinned(model, state) {
    const cell = state.cell ?? state.hoverCell, d = model.found[state.detection];
    const key = [cell, state.detection, state.label, Boolean(state.cell)].join("|");
    if (key === this.pinKey) return;
    this.pinKey = key;
    const parts = [];
    if (d) parts.push(...this.aboutDetection(model, d, state.detection));
    if (cell) parts.push(...this.aboutCell(model, state, cell));
    if (!parts.length) parts.push(...this.hints(model, state));
    this.pinned.replaceChildren(...parts);
  }

  // The idea in one sentence: moments far apart that live in the same place.
  hints(model, state) {
    const found = model.sharing(state.label), hint = textSpan(
      "Click a cell of the imprint, a place in the video or a bar of the timeline to pin it.", "hint",
    );
    if (!found) return [hint];
    const times = `${formatTime(found.first)} and ${formatTime(found.second)}`;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "Show one of these places";
    const cell = found.shared[Math.floor(found.shared.length / 2)], gw = model.cells[1];
    button.onclick = () => this.player.commit({ cell: [Math.floor(cell / gw), cell % gw] });
    return [
      textSpan(`${model.name(state.label)} at ${times} shares ${found.shared.length} cells: `
        + "moments that look alike live in one place."),
      button, hint,
    ];
  }

  aboutDetection(model, d, number) {
    const kind = verdict(model, d);
    const title = textSpan(`Detection ${number}: ${model.name(d.label)}`, "title");
    const mark = textSpan(VERDICTS[kind], `mark ${kind}`);
    title.append(mark);
    const facts = [`${d.span[0].toFixed(1)}–${d.span[1].toFixed(1)} s`, `score ${d.score.toFixed(2)}`];
    if (model.hasTruth) facts.push(`overlap ${d.overlap.toFixed(2)}`);
    if (d.proposal) facts.push(`from the proposal ${d.proposal[0].toFixed(1)}–${d.proposal[1].toFixed(1)} s`);
    if (d.level === undefined) facts.push("start and end told by the temporal head");
    else facts.push(`level ${d.level.toFixed(2)}`);
    if (d.beat) facts.push(`suppressed ${d.beat}`);
    return [title, textSpan(facts.join(" · "))];
  }

  aboutCell(model, state, cell) {
    const n = model.frameCount[cell[0] * model.cells[1] + cell[1]];
    const title = textSpan(`Cell ${cell[0]}, ${cell[1]}`, "title");
    if (state.cell) title.append(textSpan("pinned", "mark pin"));
    const strongest = model.classes.slice()
      .sort((a, b) => model.cellScore(cell, b.label) - model.cellScore(cell, a.label)).slice(0, 2);
    const scores = [...strongest.map((c) => c.label), 0]
      .map((label) => `${model.name(label)} ${model.cellScore(cell, label).toFixed(2)}`);
    if (!n) return [title, textSpan("No frame lies here.")];
    return [title, textSpan(`${n} ${n === 1 ? "frame" : "frames"} · ${scores.join(" · ")}`)];
  }

  // The strip holds exactly the frames of the pinned cell; it grows as it is scrolled.
  drawStrip(model, state) {
    const key = state.cell ? state.cell.join("-") : "";
    if (key !== this.stripKey) {
      this.stripKey = key;
      this.frames = state.cell ? model.framesOn(state.cell) : [];
      this.strip.replaceChildren();
      this.strip.hidden = !this.frames.length;
      this.addTiles();
      this.strip.scrollTop = 0;
    }
    const index = this.player.index;
    if (this.marked !== index) {
      this.marked = index;
      for (const tile of this.strip.children) {
        tile.setAttribute("aria-current", Number(tile.dataset.index) === index);
      }
    }
  }

  addTiles() {
    const from = this.strip.children.length;
    for (const index of this.frames.slice(from, from + STRIP_CHUNK)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tile";
      button.dataset.index = index;
      const time = this.player.model.times[index];
      button.append(this.player.tile(index) ?? "", textSpan(formatTime(time)));
      button.setAttribute("aria-label", `go to ${formatTime(time)}`);
      button.onclick = () => this.player.commit({ time: this.player.model.timeOf(index) });
      button.onpointerenter = button.onfocus = () => this.player.set({ hoverTime: time });
      button.onpointerleave = button.onblur = () => this.player.set({ hoverTime: null });
      this.strip.append(button);
    }
    this.marked = null;
  }

  grow() {
    const strip = this.strip;
    if (this.frames.length > strip.children.length
      && strip.scrollTop + strip.clientHeight > strip.scrollHeight - 80) this.addTiles();
  }
}
