// The Plotly bundle is a classic script that leaves `Plotly` on the window: loaded once a page, however many
// charts it has. Its URL carries its version, so that it may be cached for ever.
const url = new URL("./plotly-basic-4.1.1.min.js", import.meta.url).href;
let loading;

export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = undefined; // the next chart, or the next change of this one, tries again
      script.remove();
      reject(new Error(`Failed to load ${url}`));
    };
    document.head.append(script);
  });
  return loading;
}
