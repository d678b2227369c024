// HTML whose buttons tell which of them was pressed: one message to the browser for what would be dozens of
// elements. The HTML is the app's own; what stands in it of others' text comes escaped.
const shown = new WeakMap();
const SAID_FOR_MS = 2000;

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  if (!shown.has(parentElement)) shown.set(parentElement, new Shown(parentElement));
  const view = shown.get(parentElement);
  view.press = value => setTriggerValue("pressed", value);
  view.show(data);
}

class Shown {
  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "pressable";
    this.root.addEventListener("click", event => this.onClick(event));
    this.root.addEventListener("keydown", event => this.onKey(event));
    this.root.addEventListener("mouseover", tellCut);
    parent.append(this.root);
  }

  onClick(event) {
    const copies = event.target.closest("button[data-copy]");
    const leads = event.target.closest("button[data-focus]");
    if (leads) return document.querySelector(leads.dataset.focus)?.focus();
    if (copies) return copy(copies, this.root.querySelector(`#${CSS.escape(copies.dataset.copy)}`));
    if (event.target.closest("a[href]")) return;
    // Whoever has marked some text wants to copy it, and not to open its row.
    if (!event.target.closest("button") && String(getSelection())) return;
    const pressed = event.target.closest("[data-press]");
    if (pressed && this.root.contains(pressed) && !pressed.disabled) this.press(pressed.dataset.press);
  }

  // A group of buttons is one stop of Tab; the arrow keys go through it (ARIA: roving tabindex).
  onKey(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const group = event.target.closest("[data-rove]");
    if (!step || !group) return;
    const buttons = [...group.querySelectorAll("button")];
    const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
    reach(buttons, next);
    next.focus();
    event.preventDefault();
  }

  show({ html, current, page }) {
    if (html !== this.html) this.replace(html);
    const isAnother = this.page !== undefined && page !== this.page;
    this.page = page;
    // Its margin for scrolling (CSS) is what stands in front of the page.
    if (isAnother && this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView({ block: "start" });
    for (const marked of this.root.querySelectorAll("[aria-current]")) marked.removeAttribute("aria-current");
    if (!current) return;
    for (const element of this.root.querySelectorAll("[data-press]:not(button)")) {
      if (element.dataset.press === current) element.setAttribute("aria-current", "true");
    }
  }

  // The focus stays on the button of the same meaning, wherever it now stands.
  replace(html) {
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.press : undefined;
    this.html = html;
    this.root.innerHTML = html;
    for (const group of this.root.querySelectorAll("[data-rove]")) {
      const buttons = [...group.querySelectorAll("button")];
      reach(buttons, buttons.find(button => button.getAttribute("aria-pressed") === "true") ?? buttons[0]);
    }
    if (focused === undefined) return;
    const again = [...this.root.querySelectorAll("button[data-press]")].find(b => b.dataset.press === focused);
    const group = again?.closest("[data-rove]");
    if (group) reach([...group.querySelectorAll("button")], again);
    again?.focus();
  }
}

// What has no room for all of its text tells it under the pointer.
function tellCut(event) {
  const cell = event.target.closest("td, th");
  const cut = cell && [cell, ...cell.children].find(element => element.scrollWidth > element.clientWidth);
  if (cut && !cell.title) cell.title = cut.textContent;
}

// Of these buttons, Tab stops at one.
function reach(buttons, one) {
  for (const button of buttons) button.tabIndex = button === one ? 0 : -1;
}

// Browsers give the clipboard to pages that came over https (or from this machine) only; elsewhere the older way is
// left, and where that fails, too, the text is marked so that the keyboard can copy it.
async function copy(button, source) {
  const text = source.textContent;
  let copied = false;
  try {
    await navigator.clipboard.writeText(text);
    copied = true;
  } catch {
    copied = copyByCommand(text);
  }
  if (!copied) getSelection().selectAllChildren(source);
  say(button, copied ? "Copied" : "Marked: press Ctrl+C");
}

function copyByCommand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  document.activeElement.after(area);
  area.select();
  try {
    return document.execCommand("copy");
  } finally {
    area.remove();
  }
}

function say(button, words) {
  button.dataset.label ??= button.textContent;
  button.textContent = words;
  setTimeout(() => { button.textContent = button.dataset.label; }, SAID_FOR_MS);
}
