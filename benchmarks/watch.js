// Runs in the measured page before its own scripts. Looks once a frame at what can be seen, and says when the
// last visible change happened, counted from the navigation or from the person's last key or button.
(() => {
  if (window.top !== window) return;
  const QUIET_MS = 400; // what was last seen must stay as it is for so long,
  const QUIET_FRAMES = 12; // and for so many frames: a busy browser draws none
  const LIMIT_MS = 30000;

  // A table on a canvas leaves nothing in the document: what it draws is noted here.
  let texts = new Set();
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    texts.add(String(text));
    return fillText.call(this, text, ...rest);
  };

  const all = (selector, root = document) => {
    const found = [...root.querySelectorAll(selector)];
    for (const element of root.querySelectorAll("*"))
      if (element.shadowRoot) found.push(...all(selector, element.shadowRoot));
    return found;
  };
  const hash = (elements) => {
    let value = elements.length;
    for (const element of elements) {
      const path = element.getAttribute("d") ?? "";
      for (let i = 0; i < path.length; i++) value = (value * 31 + path.charCodeAt(i)) | 0;
    }
    return value;
  };

  const bars = (roots, selector) => {
    const found = roots.map((root) => [...document.querySelectorAll(root)].flatMap((one) => all(selector, one)));
    return { charts: found.every((chart) => chart.length), seen: found.map(hash).join() };
  };

  const kinds = {
    // A Streamlit page: connected, no script running, nothing stale or waiting, bars in both charts.
    streamlit() {
      const app = document.querySelector("[data-testid=stApp]");
      const idle =
        app?.dataset.testScriptState === "notRunning" &&
        app.dataset.testConnectionState === "CONNECTED" &&
        !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
      const charts = bars([".st-key-engine_usage", ".st-key-timeline"], ".barlayer path, .scatterlayer path");
      return { idle, ...charts, table: document.querySelector(".st-key-rows, .st-key-table") };
    },
    // A page of datasette-dashboards: the total is there, and bars in both charts.
    dashboard() {
      const idle = document.readyState === "complete" && document.querySelector("#chart-total p") !== null;
      const charts = bars(["#chart-usage", "#chart-timeline"], ".mark-rect path");
      return { idle, ...charts, table: document.querySelector("#chart-configurations table") };
    },
    // The NiceGUI page: the rows' range is there, and bars in both charts.
    nicegui() {
      const idle = document.readyState === "complete" && Boolean(document.querySelector(".key-total")?.textContent);
      const charts = bars([".key-usage", ".key-timeline"], "svg path[fill^='#']");
      return { idle, ...charts, table: document.querySelector(".key-rows table") };
    },
    // Datasette's own table page.
    rows() {
      const table = document.querySelector("table.rows-and-columns");
      return { idle: document.readyState === "complete", charts: true, seen: "", table };
    },
  };

  const shows = (table, names) => {
    if (!names.length || names.some((name) => texts.has(name))) return true;
    const cells = table ? [...table.querySelectorAll("td, th")].map((cell) => cell.textContent.trim()) : [];
    return names.some((name) => cells.includes(name));
  };

  // What is seen first: figures, both charts and a page of names; of the dashboard its first view has them.
  let firstView = null;
  const hasFirstView = () => {
    const count = (selector) => document.querySelectorAll(`#first-view ${selector}`).length;
    return (
      count(".figure .value") >= 5 &&
      count(".usage .bars rect") > 0 &&
      count(".timeline .bars rect") > 0 &&
      count(".rows tbody tr") >= 25
    );
  };
  const lookForFirstView = () => {
    const { charts, table } = kinds[kind]();
    // The frame before the next one is painted.
    if (hasFirstView() || (charts && table && shows(table, names)))
      requestAnimationFrame(() => (firstView = performance.now()));
    else requestAnimationFrame(lookForFirstView);
  };

  let begin = performance.timeOrigin;
  const note = (event) => {
    if (!event.isTrusted) return;
    begin = performance.timeOrigin + event.timeStamp;
    sessionStorage.setItem("begin", begin);
  };
  addEventListener("pointerup", note, true);
  addEventListener("keydown", note, true);

  const settled = (kind, names) =>
    new Promise((resolve, reject) => {
      let before = null;
      let changed = performance.now();
      let frames = 0;
      const armed = changed;
      const look = () => {
        const now = performance.now();
        const { idle, charts, seen, table } = kinds[kind]();
        const shown = shows(table, names);
        const state = `${idle} ${charts} ${shown} ${seen}`;
        if (state !== before) [before, changed, frames] = [state, now, 0];
        frames += 1;
        const elapsed = performance.timeOrigin + changed - begin;
        if (idle && charts && shown && now - changed >= QUIET_MS && frames >= QUIET_FRAMES) {
          if (elapsed > 0) resolve(elapsed);
          else reject(new Error(`what is awaited was there before: ${names}`));
        }
        else if (now - armed > LIMIT_MS) reject(new Error(`not settled after ${LIMIT_MS} ms: ${state}`));
        else requestAnimationFrame(look);
      };
      look();
    });

  // What is awaited is kept for the tab, because an interaction may be the load of another page.
  const { kind, names } = JSON.parse(sessionStorage.getItem("awaited") ?? "null") ?? window.__opening;
  begin = Number(sessionStorage.getItem("begin") ?? begin);
  sessionStorage.removeItem("begin");
  lookForFirstView();
  window.watch = {
    firstView: () => firstView,
    settled: settled(kind, names),
    expect(kind, names) {
      sessionStorage.setItem("awaited", JSON.stringify({ kind, names }));
      texts = new Set();
      window.watch.settled = settled(kind, names);
    },
  };
})();
