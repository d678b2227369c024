// Runs before everything else of the page: makes the first view the viewer's own (theme, sidebar, time zone), takes it
// away once the live page has drawn the same, has a page without one seen when it is drawn, and mends what Streamlit's
// page does to history and clicks.
(() => {
  "use strict";
  const VIEW = "first-view";
  // What Streamlit draws with code of ours, which comes after the rest.
  const COMPONENTS = '[data-testid="stBidiComponentRegular"]';
  const SLOW_MS = 10000;
  const MAX_UNSEEN_MS = 2000;
  const CONNECTING_MS = 3000;
  const root = document.documentElement;

  root.dataset.scripted = "";
  knowTheZone();
  keepHistoryShort();
  followTexts();
  rememberLooks();
  const observer = new MutationObserver(localise);
  observer.observe(root, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    localise();
    observer.disconnect();
    const view = document.getElementById(VIEW);
    if (view) giveWay(view);
    else showWhenDrawn();
    afterPaint(begin);
  });

  // Streamlit's code keeps the browser busy: it is loaded when what is there already has been painted.
  function begin() {
    const waiting = document.getElementById("begins");
    if (waiting) document.body.append(document.importNode(waiting.content, true));
  }

  function afterPaint(next) {
    if (document.hidden) return next();
    requestAnimationFrame(() => setTimeout(next));
  }

  // A browser on a machine with an odd TZ names a zone that its own Intl refuses, and calendars crash on it. Its
  // clock runs on UTC then.
  function knowTheZone() {
    const { resolvedOptions } = Intl.DateTimeFormat.prototype;
    const told = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    try {
      new Intl.DateTimeFormat("en", { timeZone: told });
      return;
    } catch {
      // a zone of no use
    }
    Intl.DateTimeFormat.prototype.resolvedOptions = function () {
      const options = resolvedOptions.call(this);
      return options.timeZone === told ? { ...options, timeZone: "UTC" } : options;
    };
  }

  // Streamlit makes an entry of the history for what a chart or a row sets in the address and none for a control:
  // here nothing but another screen is one, so that Back always leads to the screen before.
  function keepHistoryShort() {
    const { pushState } = history;
    history.pushState = function (state, unused, url) {
      const same = url === undefined || new URL(url, location.href).pathname === location.pathname;
      return same ? history.replaceState(state, unused, url) : pushState.call(history, state, unused, url);
    };
  }

  // A click that takes the focus out of a text field has Streamlit ask for another screen at once, and only in a task
  // after it for what was typed, on the screen that was there: that one stays. So such a click comes a task later.
  function followTexts() {
    const follow = event => {
      const link = event.target.closest('[data-testid$="NavLink"], [data-testid="stLogoLink"]');
      if (!link || !event.isTrusted || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      setTimeout(() => link.click());
    };
    document.addEventListener("click", follow, true);
  }

  // What Streamlit keeps of the viewer's choices: the theme, and how wide the sidebar is.
  function rememberLooks() {
    const theme = /^"(Light|Dark)"$/.exec(kept(`stActiveTheme-${location.pathname}-v2`))?.[1];
    if (theme) root.dataset.firstTheme = theme.toLowerCase();
    const width = Number.parseInt(kept("sidebarWidth"), 10);
    if (width >= 200 && width <= 600) root.style.setProperty("--side", `${width}px`);
  }

  function kept(name) {
    try {
      return localStorage.getItem(name) ?? "";
    } catch {
      return ""; // storage can be forbidden
    }
  }

  // Times come in UTC, of which `datetime` tells the moment; those of a day and those to the minute.
  function localise() {
    for (const time of document.querySelectorAll(`#${VIEW} time:not([data-local])`)) {
      time.dataset.local = "";
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      const two = number => String(number).padStart(2, "0");
      const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
      const isDay = time.textContent.length === day.length;
      time.textContent = isDay ? day : `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
    }
  }

  function giveWay(view) {
    const began = performance.now();
    document.getElementById("root").inert = true; // nothing is read twice, and no key goes where nobody can see
    const look = () => {
      if (isDrawn(isPlotted)) return end(view);
      if (performance.now() - began > SLOW_MS) tellSlow(view);
      soon(look);
    };
    look();
  }

  // What comes late would push away what is there already. Who waits for that long sees what there is; who waits longer
  // for anything at all sees what Streamlit says of the connection.
  function showWhenDrawn() {
    root.dataset.drawing = "";
    let began = performance.now() + CONNECTING_MS;
    const look = () => {
      if (hasElements()) began = Math.min(began, performance.now());
      if (isDrawn(isMounted) || performance.now() - began > MAX_UNSEEN_MS) delete root.dataset.drawing;
      else soon(look);
    };
    look();
  }

  // A frame that is asked for is drawn, and costs what the live page needs; in a tab out of sight none is.
  function soon(look) {
    if (document.hidden || !hasRun()) setTimeout(look, 50);
    else requestAnimationFrame(look);
  }

  function hasRun() {
    const app = document.querySelector('[data-testid="stApp"]');
    return app?.dataset.testScriptState === "notRunning" && app.dataset.testConnectionState === "CONNECTED";
  }

  function hasElements() {
    return document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]') !== null;
  }

  // Whether the live page has drawn all that it is going to: then it has the same as the view, or a reason to have
  // something else.
  function isDrawn(isThere) {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app) return false;
    if (document.querySelector('[role="dialog"]')) return true;
    if (!hasRun() || !hasElements()) return false;
    // A skeleton stands where a control's code is still on its way; those of the script are called stSkeletonElement.
    if (app.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')) return false;
    return [...app.querySelectorAll(COMPONENTS)].every(isThere);
  }

  // Whether a block of ours is there, or the place of a chart.
  function isMounted(component) {
    return component.querySelector(".pressable, .plotly-basic-plot") !== null;
  }

  // Whether the chart is there as well, or the words that it cannot be drawn.
  function isPlotted(component) {
    const plot = component.querySelector(".plotly-basic-plot");
    if (!plot) return isMounted(component);
    return plot.querySelector(".barlayer path") !== null || (!plot.firstElementChild && plot.textContent !== "");
  }

  function end(view) {
    const page = view.querySelector(".page");
    const main = document.querySelector('[data-testid="stMain"]');
    const { scrollTop } = page;
    view.remove();
    document.getElementById("root").inert = false;
    delete root.dataset.firstTheme;
    root.style.removeProperty("--side");
    if (main) main.scrollTop = scrollTop;
    performance.mark("first-view-gave-way");
  }

  function tellSlow(view) {
    view.querySelector(".soon").textContent = "Controls take longer than usual; reload to try again";
  }
})();
