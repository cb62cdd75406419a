// The tour: a bubble beside the real control, with a ring around it. Its elements are
// made when it starts and go when it ends.

const TOUR_KEPT = "dbs_tour"; // in the browser: somebody has taken or declined it
const APART = 12; // pixels from the ring to the bubble
const NARROW = 560; // of the player, as in player.css: the bubble is a sheet at the foot
const HEADER = 72; // of the page, that lies over what is scrolled to its top
const FREE = 56; // around the ring, so that what is next to it shows as well

class Tour {
  constructor(root, player) {
    this.root = root;
    this.player = player;
    this.offer = root.querySelector("[data-do=tour]");
  }

  get shown() {
    return Boolean(this.bubble);
  }

  // The page asks for it by a number that it has not used before.
  arrived() {
    const { data } = this.player;
    this.offer.dataset.fresh = Boolean(data.offerTour) && !tourKnown();
    if (!data.tour || window.dbsToured === data.tour) return;
    window.dbsToured = data.tour;
    this.start();
  }

  start() {
    const { player } = this;
    if (player.awaiting || !player.has("imprint")) return;
    if (player.paint.on) player.paint.toggle();
    this.close();
    rememberTour();
    this.offer.dataset.fresh = false;
    player.stage.pause();
    this.before = this.root.activeElement ?? document.activeElement;
    this.story = tourStory(player);
    this.steps = TOUR.filter((step) => step.needs?.(this.story) ?? true);
    this.build();
    this.go(0);
  }

  build() {
    this.ring = tourPart("div", "tour-ring");
    this.bubble = tourPart("div", "tour");
    this.bubble.setAttribute("role", "dialog");
    this.bubble.setAttribute("aria-label", "Tour");
    const said = tourPart("div", "tour-said");
    said.setAttribute("aria-live", "polite");
    this.title = tourPart("strong", "tour-title");
    this.words = tourPart("p", "tour-words");
    this.words.id = "dbs-tour-words";
    this.bubble.setAttribute("aria-describedby", this.words.id);
    said.append(this.title, this.words);
    const buttons = tourPart("div", "controls");
    this.count = tourPart("span", "tour-count");
    this.skip = plainButton("Skip", () => this.end());
    this.back = plainButton("Back", () => this.go(this.at - 1));
    this.next = plainButton("Next", () => this.go(this.at + 1));
    this.next.classList.add("tour-next");
    buttons.append(this.count, tourPart("span", "grow"), this.skip, this.back, this.next);
    this.bubble.append(said, buttons);
    this.player.shell.append(this.ring, this.bubble);
  }

  go(number) {
    if (number >= this.steps.length) {
      this.end();
      return;
    }
    const { player, story } = this, step = this.steps[Math.max(0, number)], last = this.steps.length - 1;
    this.at = Math.max(0, number);
    const patch = step.patch(player, story);
    if (!player.imprint.available().includes(patch.layer)) delete patch.layer;
    player.commit(patch);
    this.title.textContent = step.title;
    this.words.textContent = step.words(player, story);
    this.count.textContent = `${this.at + 1} of ${last + 1}`;
    this.back.disabled = this.at === 0;
    this.skip.hidden = this.at === last;
    this.next.textContent = this.at === last ? "Done" : "Next";
    this.moved = true;
    player.refresh();
    this.next.focus({ preventScroll: true });
  }

  // Drawn after all else, so that what it points at is where it will stay.
  draw() {
    if (!this.shown) return;
    const { player } = this, shell = player.shell.getBoundingClientRect();
    const target = this.steps[this.at].at(player, this.story);
    const box = target instanceof DOMRect ? target : target.getBoundingClientRect();
    const at = { x: box.left - shell.left - 4, y: box.top - shell.top - 4, w: box.width + 8, h: box.height + 8 };
    const { offsetWidth: wide, offsetHeight: tall } = this.bubble;
    const sheet = shell.width <= NARROW;
    const key = [at.x, at.y, at.w, at.h, shell.width, tall, innerHeight].map(Math.round).join("|");
    if (key !== this.key) {
      this.key = key;
      Object.assign(this.ring.style, { left: `${at.x}px`, top: `${at.y}px`, width: `${at.w}px`, height: `${at.h}px` });
      this.bubble.classList.toggle("sheet", sheet);
      const [x, y] = sheet ? [] : besideRing(at, wide, tall, shell);
      Object.assign(this.bubble.style, sheet ? { left: "", top: "" } : { left: `${x}px`, top: `${y}px` });
      this.ring.style.scrollMargin = sheet ? aboveSheet(at, tall) : "";
      this.moved = true;
    }
    if (!this.moved) return;
    this.moved = false;
    this.ring.scrollIntoView({ block: "nearest" });
    if (!sheet) this.bubble.scrollIntoView({ block: "nearest" });
  }

  // Esc ends it; arrows are its own where no other control has the focus.
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    if (event.key === "Escape") {
      this.end();
      return true;
    }
    const target = event.composedPath()[0], free = [this.player.shell, document.body].includes(target);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !(free || this.bubble.contains(target))) return false;
    if (by > 0 || this.at > 0) this.go(this.at + by);
    return true;
  }

  // The focus goes back to where it was.
  end() {
    const { before } = this, inside = this.bubble.contains(this.root.activeElement);
    this.close();
    if (!inside) return;
    const there = before?.isConnected && before !== document.body && before.getClientRects().length;
    (there ? before : this.player.shell).focus({ preventScroll: true });
  }

  close() {
    this.bubble?.remove();
    this.ring?.remove();
    this.bubble = this.ring = this.key = null;
  }
}

// Beside what is ringed where there is room, else below or above it: never over it
// unless it takes all the room there is.
function besideRing({ x, y, w, h }, wide, tall, shell) {
  const inside = (value, room) => Math.max(0, Math.min(value, room));
  const beside = inside(y, Math.max(0, shell.height - tall)), along = inside(x, shell.width - wide);
  if (x + w + APART + wide <= shell.width) return [x + w + APART, beside];
  if (x - APART - wide >= 0) return [x - APART - wide, beside];
  if (y - APART - tall >= 0) return [along, y - APART - tall];
  return [along, y + h + APART];
}

// What stays free around the ring where the bubble is a sheet at the foot of the window.
function aboveSheet({ h }, tall) {
  const room = innerHeight - HEADER - tall - h, free = Math.max(APART, Math.min(FREE, room / 2));
  return `${HEADER + free}px 0 ${tall + free}px`;
}

function tourPart(kind, name) {
  const part = document.createElement(kind);
  part.className = name;
  return part;
}

// A browser that keeps nothing is offered it each time.
function tourKnown() {
  try {
    return localStorage.getItem(TOUR_KEPT) !== null;
  } catch {
    return false;
  }
}

function rememberTour() {
  try {
    localStorage.setItem(TOUR_KEPT, "1");
  } catch { /* as above */ }
}
