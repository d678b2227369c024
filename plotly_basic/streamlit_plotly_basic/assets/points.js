// The drawn values of a plot: as plain values for Python, as steps for the arrow keys, as words to announce.

// Plotly writes dates as "2024-01-31" or "2024-01-31 13:00"; ISO 8601 wants a T.
export function isoDate(date) {
  return String(date).replace(" ", "T");
}

export function pointFrom({ curveNumber, pointNumber, x, y, label, value, customdata }, plot) {
  const trace = plot._fullData[curveNumber];
  return {
    trace: trace.name,
    x: plain(x ?? label ?? valueAt(trace.x, pointNumber), axisOf(plot, trace.xaxis)),
    y: plain(y ?? value ?? valueAt(trace.y, pointNumber), axisOf(plot, trace.yaxis)),
    customdata: plain(customdata ?? valueAt(trace.customdata, pointNumber)) ?? null,
  };
}

// The value an arrow key leads to from `current` (nothing at first), or undefined where there is none.
// Along the axis of categories or times the trace stays; across it the place stays.
export function step(plot, current, key) {
  const marks = drawnMarks(plot);
  const here = current && marks.find(mark => isSame(mark, current));
  if (!here) return key === "End" ? marks.at(-1) : marks[0];
  if (key === "Home") return marks[0];
  if (key === "End") return marks.at(-1);
  const { axis, along, forward } = direction(plot, here, key);
  const row = along
    ? marks.filter(mark => mark.curveNumber === here.curveNumber)
    : marks.filter(mark => mark.at === here.at && mark.axis === axis);
  return row[row.indexOf(here) + (forward ? 1 : -1)];
}

// A hover text of the figure's own says it best; its line breaks become commas.
export function describe(plot, mark) {
  const text = valueAt(plot._fullData[mark.curveNumber].hovertext, mark.pointNumber);
  if (typeof text === "string" && text) return unescaped(text.replaceAll("<br>", ", "));
  const { trace, x, y } = pointFrom(mark, plot);
  const [place, value] = mark.axis === "y" ? [y, x] : [x, y];
  return unescaped([trace, place, value].filter(part => part !== null && part !== "").join(", "));
}

function drawnMarks(plot) {
  return plot.calcdata
    .flatMap((points, curveNumber) => {
      const trace = plot._fullData[curveNumber];
      if (trace.visible !== true) return [];
      return points.map((point, index) => ({
        curveNumber,
        pointNumber: point.i ?? index,
        at: point.p ?? point.x ?? index,
        size: point.s ?? point.y ?? point.v,
        axis: trace.orientation === "h" ? "y" : "x",
      }));
    })
    .filter(mark => mark.size || mark.size === undefined)
    .sort((a, b) => a.at - b.at || a.curveNumber - b.curveNumber);
}

function direction(plot, mark, key) {
  const trace = plot._fullData[mark.curveNumber];
  const horizontal = key === "ArrowLeft" || key === "ArrowRight";
  const along = horizontal === (mark.axis === "x");
  const [first, last] = axisOf(plot, mark.axis === "x" ? trace.xaxis : trace.yaxis)?.range ?? [0, 1];
  const reversed = along && Number.isFinite(first) && first > last;
  return { axis: mark.axis, along, forward: (key === "ArrowRight" || key === "ArrowUp") !== reversed };
}

function isSame(mark, other) {
  return mark.curveNumber === other.curveNumber && mark.pointNumber === other.pointNumber;
}

function axisOf(plot, id) {
  return id && plot._fullLayout[`${id[0]}axis${id.slice(1)}`];
}

function valueAt(values, index) {
  return values?.[index] ?? null;
}

function plain(value, axis) {
  if (ArrayBuffer.isView(value)) return Array.from(value);
  return axis?.type === "date" && value !== null ? isoDate(value) : value;
}

// A document made by a parser runs nothing and fetches nothing: it only reads the entities.
function unescaped(text) {
  return new DOMParser().parseFromString(text.replaceAll("<", "&lt;"), "text/html").body.textContent;
}
