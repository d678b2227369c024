// Streamlit calls the default export when the element appears and again whenever its data or the theme
// changes; the function returned last is called once, when the element goes.
import { loadPlotly } from "./bundle.js";
import { describe, isoDate, pointFrom, step } from "./points.js";
import { backgroundColor, isDark, recolor, themeTemplate } from "./theme.js";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
const charts = new WeakMap();

loadPlotly().catch(() => {}); // starts now, while Streamlit is still busy; each chart reports a failure

export default function (component) {
  const { parentElement } = component;
  if (!charts.has(parentElement)) charts.set(parentElement, new Chart(parentElement));
  const chart = charts.get(parentElement);
  const run = chart.update(component);
  return () => {
    // The clean-up of a run that another has overtaken must leave the newer chart alone.
    if (!chart.isLatest(run)) return;
    charts.delete(parentElement);
    onPage.delete(chart);
    chart.remove();
  };
}

// Between the margins of an upright A4 page or of Letter, in CSS pixels. No observer tells of a layout for paper.
const PAPER_WIDTH = 680;
const onPage = new Set();
for (const [event, width] of [["beforeprint", PAPER_WIDTH], ["afterprint", undefined]]) {
  addEventListener(event, () => onPage.forEach(chart => chart.setWidth(width)));
}

class Chart {
  run = 0;
  revision = 0;
  draws = 0;

  constructor(parent) {
    this.root = element("div", "plotly-basic");
    this.plot = element("div", "plotly-basic-plot");
    this.announcement = element("div", "plotly-basic-announcement");
    this.announcement.setAttribute("aria-live", "polite");
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "application");
    this.root.setAttribute("aria-roledescription", "chart");
    this.root.translate = false; // numbers and names
    this.root.append(this.plot, this.announcement);
    this.root.addEventListener("keydown", event => this.onKey(event));
    this.root.addEventListener("blur", () => this.leave());
    parent.append(this.root);
    onPage.add(this);
    this.observer = new ResizeObserver(() => this.onResize());
    this.observer.observe(this.plot);
  }

  update({ data, setTriggerValue }) {
    this.send = value => setTriggerValue("selection", value);
    if (data.figure !== this.data?.figure) this.revision += 1;
    this.data = data;
    this.root.style.height = `${data.height}px`;
    this.root.setAttribute("aria-label", data.alt);
    this.root.setAttribute("aria-description", instructions(data.selection));
    this.draw();
    return ++this.run;
  }

  isLatest(run) {
    return run === this.run;
  }

  async draw() {
    let plotly;
    try {
      plotly = await loadPlotly();
    } catch {
      this.plot.textContent = "The chart could not be loaded. Reload the page to try again.";
      return;
    }
    // A chart in a closed tab has no width yet; the observer comes back when it has.
    if (this.removed || !this.plot.clientWidth) return;
    this.plotly = plotly;
    this.resetOnNewConfig();
    const { data, layout } = this.figure();
    await plotly.react(this.plot, data, layout, this.config);
    if (!this.removed) this.listen();
  }

  figure() {
    const parsed = JSON.parse(this.data.figure);
    const { data, layout } = isDark(this.root) ? recolor(parsed, this.data.darkColors) : parsed;
    const themed = {
      // What the viewer zoomed or hid outlives a change of theme, not a change of data.
      uirevision: this.revision,
      dragmode: allowsPeriod(this.data.selection) ? "select" : "zoom",
      selectdirection: "h",
      ...layout,
      template: themeTemplate(this.root),
      height: this.data.height,
      autosize: true,
      selections: [],
      selectionrevision: ++this.draws,
    };
    return { data, layout: themed };
  }

  resetOnNewConfig() {
    const { selection, filename } = this.data;
    if (this.config && this.config.selection === selection && this.config.filename === filename) return;
    if (this.config) this.plotly.purge(this.plot);
    this.plot.replaceChildren();
    this.listening = false;
    this.config = { ...configuration(selection), selection, filename };
    this.config.modeBarButtonsToAdd = [this.downloadButton()];
  }

  listen() {
    if (this.listening) return;
    this.listening = true;
    const { selection } = this.data;
    if (allowsPoints(selection)) {
      const clickable = on => this.root.classList.toggle("plotly-basic-clickable", on);
      this.plot.on("plotly_hover", () => clickable(true));
      this.plot.on("plotly_unhover", () => clickable(false));
      this.plot.on("plotly_click", ({ points }) => this.select(points));
      this.plot.on("plotly_legendclick", event => this.onLegend(event));
      this.plot.on("plotly_legenddoubleclick", () => false);
    }
    if (allowsPeriod(selection)) this.plot.on("plotly_selected", event => this.onDrag(event));
  }

  select(points) {
    this.send({ points: points.map(point => pointFrom(point, this.plot)), period: null });
  }

  // An entry whose trace says what it is of selects; another hides its trace, as Plotly's entries do.
  onLegend({ curveNumber, data }) {
    const { meta } = data[curveNumber];
    if (typeof meta !== "string") return true;
    this.send({ points: [], period: null, legend: meta });
    return false;
  }

  onDrag(event) {
    const range = event?.range?.x;
    if (!range || this.plot._fullLayout.xaxis.type !== "date") return;
    const [from, to] = range.map(isoDate);
    this.send({ points: [], period: { from, to } });
    this.draw(); // takes the rectangle and the dimming away: the selection is an event, not a state
  }

  onKey(event) {
    // The modebar's buttons have keys of their own.
    if (event.target !== this.root || !this.listening || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS.includes(event.key)) this.focusOn(step(this.plot, this.mark, event.key));
    else if (event.key === "Enter" && this.mark && allowsPoints(this.data.selection)) this.select([this.mark]);
    else if (event.key === "Escape" && this.mark) this.leave();
    else return;
    event.preventDefault();
  }

  focusOn(mark) {
    if (!mark) return;
    this.mark = mark;
    this.announcement.textContent = describe(this.plot, mark);
    const { curveNumber, pointNumber } = mark;
    this.plotly.Fx.hover(this.plot, [{ curveNumber, pointNumber }]);
  }

  leave() {
    if (!this.mark) return;
    this.mark = undefined;
    this.announcement.textContent = "";
    this.plotly.Fx.unhover(this.plot);
  }

  onResize() {
    if (!this.plot.clientWidth || !this.data) return;
    if (!this.listening) this.draw();
    else if (this.plot.clientWidth !== this.plot._fullLayout.width) this.plotly.Plots.resize(this.plot);
  }

  // For paper a chart is as wide as the paper; afterwards as wide as its place again.
  setWidth(width) {
    if (this.listening && !this.removed) this.plotly.relayout(this.plot, { width, autosize: !width });
  }

  downloadButton() {
    return {
      name: "Download as PNG",
      icon: this.plotly.Icons.camera,
      click: () => {
        const { width, height } = this.plot._fullLayout;
        const { data, layout } = structuredClone({ data: this.plot.data, layout: this.plot.layout });
        // On the page the background is transparent; in a file, text in the dark theme's colour needs it.
        Object.assign(layout, { width, height, paper_bgcolor: backgroundColor(this.root) });
        const options = { format: "png", scale: 2, width, height, filename: this.data.filename };
        return this.plotly.downloadImage({ data, layout, config: configuration(null) }, options);
      },
    };
  }

  remove() {
    this.removed = true;
    this.observer.disconnect();
    this.plotly?.purge(this.plot);
    this.root.remove();
  }
}

function allowsPoints(selection) {
  return selection === "points" || selection === "both";
}

function allowsPeriod(selection) {
  return selection === "period" || selection === "both";
}

function configuration(selection) {
  const unused = ["toImage", "lasso2d", "autoScale2d", ...(allowsPeriod(selection) ? [] : ["select2d"])];
  // Without MathJax there is no LaTeX; with somebody else's on the page there shall be none either.
  return {
    displaylogo: false,
    showTips: false,
    modeBarButtonsToRemove: unused,
    typesetMath: false,
    // "Share chart" would upload the figure to Plotly Cloud.
    showSendToCloud: false,
    plotlyServerURL: "",
  };
}

function instructions(selection) {
  const move = "The arrow keys move over the values.";
  return allowsPoints(selection) ? `${move} Enter selects one.` : move;
}

function element(tag, className) {
  const node = document.createElement(tag);
  node.className = className;
  return node;
}
