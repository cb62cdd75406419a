// The mouse on the time axis: hover, scrub, zoom, pan, the minimap.

class TimelinePointer {
  constructor(timeline, player) {
    this.timeline = timeline;
    this.player = player;
    this.drag = null;
    const over = timeline.over;
    over.addEventListener("pointerdown", (event) => this.down(event));
    over.addEventListener("pointermove", (event) => this.move(event));
    over.addEventListener("pointerup", () => this.up());
    over.addEventListener("pointercancel", () => this.up());
    over.addEventListener("pointerleave", () => this.leave());
    over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    over.addEventListener("dblclick", () => player.zoomAll());
  }

  place(event) {
    const box = this.timeline.over.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    if (!this.player.model || event.button !== 0) return;
    const [x, y] = this.place(event), timeline = this.timeline;
    const bar = y > AXIS.y + AXIS.h ? timeline.barAt(x, y) : null;
    if (bar?.detection !== undefined) return this.player.pinDetection(bar.detection);
    if (bar?.truth !== undefined) return this.player.pinTruth(bar.truth);
    if (bar && x < GUTTER) return this.player.chooseClass(bar.label);
    if (x < GUTTER) return;
    timeline.over.setPointerCapture(event.pointerId);
    this.drag = y < AXIS.y ? "map" : "scrub";
    this.move(event);
  }

  move(event) {
    const player = this.player;
    if (!player.model) return;
    const [x, y] = this.place(event), timeline = this.timeline;
    if (this.drag === "map") {
      const [a, b] = player.zoom, half = (b - a) / 2;
      const share = (x - GUTTER) / (timeline.width - GUTTER - MARGIN);
      const middle = Math.max(0, Math.min(1, share)) * player.model.duration;
      if (half * 2 < player.model.duration - 1e-6) player.zoomTo(middle - half, middle + half);
      else player.seek(middle);
      return;
    }
    if (this.drag === "scrub") {
      player.seek(timeline.timeAt(x));
      return;
    }
    if (x < GUTTER) return this.leave();
    player.set({ hoverTime: timeline.timeAt(x) });
    this.showTip(x, y);
  }

  up() {
    if (this.drag) this.player.commit(this.drag === "map" ? { zoomed: true } : {});
    this.drag = null;
  }

  leave() {
    if (this.drag) return;
    this.player.set({ hoverTime: null });
    this.timeline.tip.hidden = true;
  }

  wheel(event) {
    const player = this.player;
    if (!player.model) return;
    const [x] = this.place(event), [a, b] = player.zoom;
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      event.preventDefault();
      player.zoomAround(this.timeline.timeAt(x), Math.exp(event.deltaY * 0.002));
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      const shift = (sideways / this.timeline.width) * (b - a);
      player.chooseZoom(a + shift, b + shift);
    }
  }

  showTip(x, y) {
    const { model, state } = this.player, tip = this.timeline.tip;
    const time = this.timeline.timeAt(x), index = model.indexAt(time);
    const bar = this.timeline.barAt(x, y);
    tip.replaceChildren();
    const tile = this.player.tile(index);
    if (tile) tip.append(tile);
    tip.append(textSpan(momentText(model, time, index), "tip-time"));
    if (bar?.detection !== undefined) tip.append(textSpan(describeDetection(this.player, bar.detection)));
    else if (bar?.truth !== undefined) tip.append(textSpan(describeTruth(this.player, bar.truth)));
    else if (model.hasImprint) tip.append(textSpan(`${model.name(state.label)} ${model.score(index, state.label).toFixed(2)}`));
    tip.hidden = false;
    const wide = tip.offsetWidth, room = this.timeline.width;
    tip.style.left = `${Math.max(4, Math.min(x - wide / 2, room - wide - 4))}px`;
    tip.style.bottom = `${this.timeline.box.clientHeight - AXIS.y + 4}px`;
  }
}
