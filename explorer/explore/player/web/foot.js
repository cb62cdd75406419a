// Below the time axis: the threshold and the tIoU that judge, the legend, the link.

class Foot {
  constructor(root, player) {
    this.player = player;
    this.root = root;
    this.find = (name) => root.querySelector(name);
    this.linkField = this.find(".link-field");
    this.note = this.find(".flash");
    this.score = this.find("[name=minScore]");
    this.tiou = this.find("[name=tiou]");
    this.dragging = false;
    this.score.oninput = () => {
      this.dragging = true;
      player.set({ threshold: this.read() });
    };
    this.score.onchange = () => {
      this.dragging = false;
      this.choose(this.read());
    };
    this.tiou.onchange = () => player.commit({ tiou: Number(this.tiou.value) });
  }

  load(model) {
    this.key = null;
    const scores = model.found.map((d) => d.score);
    const lowest = scores.reduce((a, b) => Math.min(a, b), 0);
    const highest = scores.reduce((a, b) => Math.max(a, b), 0);
    this.score.min = Math.floor(lowest * 20) / 20;
    this.score.max = Math.max(1, Math.ceil(highest * 20) / 20);
    this.tiou.replaceChildren(...model.tious.map((t) => new Option(tiouText(t), t)));
    this.find(".rule").textContent = model.hasTruth ? `${model.rule}` : "no truth for this video";
  }

  // The slider's lowest place is "all": below it no score lies.
  read() {
    const value = Number(this.score.value);
    return value <= Number(this.score.min) ? "all" : value;
  }

  choose(threshold) {
    this.player.commit({ threshold });
    this.player.timeline.key = null;
  }

  // By key, in steps of the eye; down from the lowest is "all".
  nudge(sign) {
    const least = Math.max(this.player.least, Number(this.score.min));
    const next = Math.round((least + 0.05 * sign) * 20) / 20;
    if (next <= Number(this.score.min)) this.choose("all");
    else this.choose(Math.min(next, Number(this.score.max)));
  }

  draw() {
    const { player } = this, { model, state, colours, data } = player;
    if (!model) return;
    const { judged, least } = player, own = data.ownThreshold ?? null;
    const key = [model.videoId, least, state.tiou, state.label, own, this.dragging, colours.key].join("|");
    if (key === this.key) return; // not again for every frame of a video that plays
    this.key = key;
    if (!this.dragging) this.score.value = Math.max(least, Number(this.score.min));
    setText(this.find(".min-value"), least === -Infinity ? "all" : least.toFixed(2));
    this.find("[data-do=allScores]").setAttribute("aria-pressed", least === -Infinity);
    const ownButton = this.find("[data-do=ownScores]");
    ownButton.hidden = own === null;
    if (own !== null) {
      setText(ownButton, `Run's own ${own.toFixed(2)}`);
      ownButton.setAttribute("aria-pressed", least === own);
    }
    this.tiou.value = model.tious[judged.level];
    setText(this.find(".figures"), `precision ${shareText(judged.precision)} · recall ${shareText(judged.recall)}`);
    this.root.querySelector(".dbs").style.setProperty("--class", colours.ofClass(model.classOf.get(state.label)));
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
      this.flash(this.player.paint.copied());
    }
  }
}

function tiouText(tiou) {
  return String(Math.round(tiou * 100) / 100);
}
