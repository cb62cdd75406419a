// A file that is dropped anywhere on the page goes to its file field, as if it had been
// dropped there. The field itself keeps its own way.
//
// data: field, the key of the file field.

const WORDS = "Drop the file: it opens where it belongs";
const FOLDER = "A folder opens by its path, under “Open results”";
const READ = 4000; // ms that a line is there to be read

class DropZone {
  constructor(parent) {
    this.over = parent.querySelector(".drop");
    this.ears = new AbortController();
    const hear = (name, does) => {
      window.addEventListener(name, (event) => {
        if (event.dataTransfer?.types.includes("Files")) does.call(this, event);
      }, { signal: this.ears.signal, capture: true });
    };
    hear("dragenter", this.onOver);
    hear("dragover", this.onOver);
    hear("drop", this.onDrop);
    // To nothing: the file has left the window.
    hear("dragleave", (event) => { if (!event.relatedTarget) this.hide(); });
  }

  // The field as it is now: after each file there is a new one.
  get input() {
    return document.querySelector(`[class*="st-key-${CSS.escape(this.field)}"] input[type="file"]`);
  }

  // Whether a drop is not the field's own; where there is no field there is nothing to do.
  isOurs(event) {
    const own = this.input?.closest("[data-testid=stFileUploader]");
    return Boolean(own) && !event.composedPath().includes(own);
  }

  onOver(event) {
    if (!this.input) return;
    this.show(WORDS);
    if (!this.isOurs(event)) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    event.dataTransfer.dropEffect = "copy";
  }

  onDrop(event) {
    this.hide();
    if (!this.isOurs(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const { files, items } = event.dataTransfer;
    if (items?.[0]?.webkitGetAsEntry?.()?.isDirectory) {
      this.show(FOLDER);
      this.hiding = setTimeout(() => this.hide(), READ);
      return;
    }
    if (!files.length) return;
    const one = new DataTransfer(), { input } = this;
    one.items.add(files[0]); // the field takes one
    input.files = one.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show(words) {
    clearTimeout(this.hiding);
    if (this.over.textContent !== words) this.over.textContent = words;
    if (!this.over.matches(":popover-open")) this.over.showPopover();
  }

  hide() {
    clearTimeout(this.hiding);
    if (this.over.matches(":popover-open")) this.over.hidePopover();
    this.over.textContent = "";
  }

  close() {
    this.ears.abort();
    clearTimeout(this.hiding);
  }
}

const zones = new WeakMap();

export default function ({ data, parentElement }) {
  let zone = zones.get(parentElement);
  if (!zone) {
    zone = new DropZone(parentElement);
    zones.set(parentElement, zone);
  }
  zone.field = data.field;
  return () => {
    zone.close();
    zones.delete(parentElement);
  };
}
