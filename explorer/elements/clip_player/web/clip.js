// A part of a video over its timelines, all under one cursor. The video moves the cursor;
// where none plays, a clock does, over still frames where those are.
//
// data: video (an address or null), stills ({url, first, times_s} or null), note (why no
// video plays), between [from, to], start (where it opens), groups [{name, colour,
// lines: [{name, lanes, spans}]}], a span being [from, to, lane, kind, words].

const STEP = 0.2; // of the arrow keys: one sample
const LANE = 15;

class Clip {
  constructor(parent) {
    this.root = parent.querySelector(".clip");
    const find = (name) => this.root.querySelector(name);
    this.video = find(".picture");
    this.still = find(".still");
    this.note = find(".note");
    this.button = find(".play");
    this.said = find(".time");
    this.groups = find(".groups");
    this.axis = find(".axis");
    this.over = find(".over");
    this.cursor = find(".cursor");
    this.button.onclick = () => this.toggle();
    this.over.onpointerdown = (event) => {
      this.over.setPointerCapture(event.pointerId);
      this.seekTo(event);
    };
    this.over.onpointermove = (event) => {
      if (this.over.hasPointerCapture(event.pointerId)) this.seekTo(event);
      this.over.title = this.wordsAt(event);
    };
    this.over.onkeydown = (event) => this.onKey(event);
    for (const name of ["play", "pause", "seeked", "timeupdate"]) this.video.addEventListener(name, () => this.refresh());
    this.video.onended = () => this.again();
    this.still.onload = () => this.refresh(); // the next one, if time went on meanwhile
    this.video.onerror = () => this.withoutPicture("This browser cannot play the video.");
  }

  update(data) {
    const told = JSON.stringify(data), before = this.data;
    if (told === this.told) return;
    this.told = told;
    this.data = data;
    this.drawLines();
    const same = before && before.video === data.video && String(before.between) === String(data.between);
    if (!same) this.load();
    this.root.dataset.ready = "true";
    this.refresh();
  }

  load() {
    const { video, start, note } = this.data;
    this.clock = null;
    this.at = start;
    this.still.removeAttribute("src");
    this.still.hidden = Boolean(video) || !this.data.stills;
    this.note.hidden = !note;
    this.note.textContent = note;
    this.video.hidden = !video;
    if (!video) {
      this.video.removeAttribute("src");
      return;
    }
    this.video.muted = true; // as an attribute alone it does not let a script start it
    this.video.src = video;
    this.video.currentTime = start;
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.play();
  }

  withoutPicture(why) {
    if (!this.data.video) return;
    const at = this.time;
    this.data = { ...this.data, video: null, note: why };
    this.load();
    this.seek(at);
  }

  get time() {
    if (this.data.video) return this.video.readyState ? this.video.currentTime : this.at;
    return this.clock ? this.at + (performance.now() - this.clock) / 1000 : this.at;
  }

  get playing() {
    return this.data.video ? !this.video.paused : this.clock !== null;
  }

  play() {
    if (this.data.video) this.video.play().catch(() => this.refresh());
    else this.clock = performance.now();
    this.refresh();
  }

  toggle() {
    if (!this.playing) {
      const { time } = this, [from, to] = this.data.between;
      if (time < from || time >= to) this.seek(from);
      this.play();
    } else if (this.data.video) {
      this.video.pause();
    } else {
      this.at = this.time;
      this.clock = null;
      this.refresh();
    }
  }

  seek(time) {
    const [from, to] = this.data.between;
    this.at = Math.max(from, Math.min(time, to));
    if (this.data.video) this.video.currentTime = this.at;
    if (this.clock !== null) this.clock = performance.now();
    this.refresh();
  }

  again() {
    this.seek(this.data.between[0]);
    this.play();
  }

  shareOf(event) {
    const box = this.over.getBoundingClientRect();
    return Math.max(0, Math.min((event.clientX - box.left) / box.width, 1));
  }

  seekTo(event) {
    const [from, to] = this.data.between;
    this.seek(from + this.shareOf(event) * (to - from));
  }

  onKey(event) {
    const [from, to] = this.data.between;
    const places = { ArrowLeft: this.time - STEP, ArrowRight: this.time + STEP, Home: from, End: to };
    if (event.key === " ") this.toggle();
    else if (event.key in places) this.seek(places[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The words of the bar under the pointer: what takes the clicks lies over the bars.
  wordsAt(event) {
    const inside = (box) => event.clientX >= box.left - 2 && event.clientX <= box.right + 2
      && event.clientY >= box.top && event.clientY <= box.bottom;
    const bars = [...this.groups.querySelectorAll(".bar")];
    return bars.find((bar) => inside(bar.getBoundingClientRect()))?.dataset.words ?? "";
  }

  share(time) {
    const [from, to] = this.data.between;
    return `${(100 * (time - from)) / (to - from)}%`;
  }

  drawLines() {
    const add = (parent, kind, name, text = "") => {
      const made = document.createElement(kind);
      made.className = name;
      made.textContent = text; // names come from files
      parent.append(made);
      return made;
    };
    this.groups.replaceChildren();
    this.axis.replaceChildren();
    for (const group of this.data.groups) {
      const box = add(this.groups, "div", "group");
      box.style.setProperty("--class-colour", group.colour);
      add(box, "h4", "", group.name);
      for (const line of group.lines) {
        const row = add(box, "div", "row");
        add(row, "span", "name", line.name);
        const track = add(row, "div", "track");
        track.dataset.line = line.name;
        track.style.height = `${Math.max(1, line.lanes) * LANE - 3}px`;
        for (const [from, to, lane, kind, words] of line.spans) {
          const bar = add(track, "i", `bar ${kind}`);
          bar.style.left = this.share(from);
          bar.style.width = `calc(${this.share(to)} - ${this.share(from)})`;
          bar.style.top = `${lane * LANE}px`;
          bar.dataset.words = words;
        }
      }
    }
    const [from, to] = this.data.between;
    for (let i = 0; i <= 4; i++) {
      const time = from + ((to - from) * i) / 4;
      add(this.axis, "span", "", time.toFixed(1)).style.left = this.share(time);
    }
    this.over.setAttribute("aria-valuemin", from.toFixed(2));
    this.over.setAttribute("aria-valuemax", to.toFixed(2));
  }

  // One request at a time: what comes slowly lags, and the cursor does not.
  drawStill(time) {
    if (this.still.hidden || (this.still.src && !this.still.complete)) return;
    const { url, first, times_s: times } = this.data.stills;
    const place = Math.max(0, times.findLastIndex((moment) => moment <= time + 1e-6));
    const wanted = new URL(url.replace("{i}", first + place), document.baseURI).href;
    if (this.still.src !== wanted) this.still.src = wanted;
  }

  refresh() {
    if (this.frame || this.closed) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const { time, playing } = this, [from, to] = this.data.between;
    if (playing) {
      if (!this.video.seeking && (time >= to || time < from - 0.3)) this.seek(from);
      this.refresh();
    }
    this.drawStill(time);
    this.cursor.style.left = this.share(time);
    this.cursor.hidden = time < from - 0.01 || time > to + 0.01;
    this.button.textContent = playing ? "Pause" : "Play";
    this.said.textContent = `${time.toFixed(1)} s`;
    this.over.setAttribute("aria-valuenow", time.toFixed(2));
    this.over.setAttribute("aria-valuetext", `${time.toFixed(1)} seconds`);
  }

  close() {
    this.closed = true;
    this.video.pause();
  }
}

const clips = new WeakMap();

export default function ({ data, parentElement }) {
  let clip = clips.get(parentElement);
  if (!clip) {
    clip = new Clip(parentElement);
    clips.set(parentElement, clip);
    (parentElement.host ?? parentElement).dbsClip = clip;
  }
  clip.update(data);
  return () => {
    clip.close();
    clips.delete(parentElement);
  };
}
