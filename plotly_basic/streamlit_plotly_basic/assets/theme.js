// Streamlit's theme (the --st-* variables in force at an element) as Plotly defaults.

export function isDark(element) {
  return getComputedStyle(element).colorScheme === "dark";
}

export function backgroundColor(element) {
  return variable(getComputedStyle(element), "background-color");
}

// A template: whatever the figure's own layout says wins.
export function themeTemplate(element) {
  const style = getComputedStyle(element);
  const text = variable(style, "text-color");
  const border = variable(style, "border-color");
  const font = { family: variable(style, "font"), color: text, size: 13 };
  const axis = {
    gridcolor: variable(style, "border-color-light"),
    zerolinecolor: border,
    linecolor: border,
    automargin: true,
    title: { standoff: 8 },
  };
  return {
    layout: {
      font,
      title: { font: { color: variable(style, "heading-color") } },
      colorway: variable(style, "chart-categorical-colors").split(","),
      paper_bgcolor: "rgba(0, 0, 0, 0)",
      plot_bgcolor: "rgba(0, 0, 0, 0)",
      margin: { l: 8, r: 8, t: 32, b: 8 },
      xaxis: axis,
      yaxis: axis,
      hoverlabel: {
        align: "left",
        bgcolor: variable(style, "background-color"),
        bordercolor: border,
        font,
      },
      modebar: {
        bgcolor: "rgba(0, 0, 0, 0)",
        color: variable(style, "gray-text-color"),
        activecolor: variable(style, "primary-color"),
      },
      newselection: { line: { color: variable(style, "primary-color") } },
    },
  };
}

// Replaces colours where a figure holds colours (`color`, `colors`, `bgcolor`, `colorway`, …) and nowhere
// else: a name or a hover text that reads like a colour is left alone.
export function recolor(node, colors, isColor = false) {
  if (typeof node === "string") return isColor && Object.hasOwn(colors, node) ? colors[node] : node;
  if (Array.isArray(node)) return node.map(item => recolor(item, colors, isColor));
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, recolor(value, colors, /color/i.test(key))]),
  );
}

function variable(style, name) {
  return style.getPropertyValue(`--st-${name}`).trim();
}
