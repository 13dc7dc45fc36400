/* Charts and lists of the pages. Loads nothing from other hosts; plotly.js only when a chart comes into view.
   Works from file:// too. Without JavaScript every chart's numbers are in the table below it. */
(() => {
  "use strict";

  const PLOTLY = new URL("vendor/plotly.min.js", document.currentScript.src);
  PLOTLY.search = new URL(document.currentScript.src).search;
  const CONFIG = {displayModeBar: false, displaylogo: false, responsive: true, showSendToCloud: false,
                  doubleClick: false, locale: "de"};
  // plotly's own German is not in the Python package
  const GERMAN = {moduleType: "locale", name: "de", dictionary: {}, format: {
    days: ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
    shortDays: ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"],
    months: ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
             "November", "Dezember"],
    shortMonths: ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"],
    date: "%d.%m.%Y", decimal: ",", thousands: "."}};
  const PRINT_WIDTH = 640;

  // --- Charts ---------------------------------------------------------------------------------------------------

  let plotly = null;

  function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = PLOTLY.href;
      script.onload = () => { window.Plotly.register(GERMAN); resolve(window.Plotly); };
      script.onerror = () => reject(new Error("plotly.min.js fehlt"));
      document.head.append(script);
    });
    return plotly;
  }

  function screenColours() {
    const style = getComputedStyle(document.documentElement);
    const value = name => style.getPropertyValue(`--tb-${name}`).trim();
    return {ink: value("ink"), line: value("line"), edge: value("edge"), paper: value("paper")};
  }

  /* What of a layout depends on light, dark or print; keys as Plotly.relayout takes them. */
  function colouredLayout(layout, colours) {
    const patch = {"font.color": colours.ink, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
                   "hoverlabel.bgcolor": colours.paper, "hoverlabel.bordercolor": colours.edge,
                   "hoverlabel.font.color": colours.ink};
    const axes = Object.keys(layout).filter(key => /^[xy]axis\d*$/.test(key));
    for (const axis of new Set([...axes, "xaxis", "yaxis"])) {
      patch[`${axis}.gridcolor`] = patch[`${axis}.zerolinecolor`] = colours.line;
      patch[`${axis}.linecolor`] = patch[`${axis}.tickcolor`] = colours.edge;
    }
    return patch;
  }

  function set(object, path, value) {
    const keys = path.split("."), last = keys.pop();
    for (const key of keys) object = object[key] ??= {};
    object[last] = value;
  }

  function drawNow(chart, Plotly, colours) {
    if (chart.tbPlot) return;
    const figure = JSON.parse(chart.querySelector("script").textContent);
    const layout = figure.layout ?? {};
    delete layout.width;
    Object.assign(layout, {autosize: true, dragmode: false, separators: ",."});
    layout.legend = {orientation: "h", x: 0, y: 1.02, yanchor: "bottom", ...layout.legend};
    layout.margin = {l: 8, r: 8, t: 8, b: 8, ...layout.margin};  // axes make themselves room: automargin
    layout.font = {...layout.font, family: getComputedStyle(document.body).fontFamily};
    for (const [key, value] of Object.entries(colouredLayout(layout, colours))) set(layout, key, value);
    for (const axis of Object.keys(layout).filter(key => /^[xy]axis\d*$/.test(key))) layout[axis].automargin = true;
    chart.tbPlot = document.createElement("div");
    chart.append(chart.tbPlot);
    Plotly.newPlot(chart.tbPlot, figure.data, layout, CONFIG);
  }

  async function draw(chart) {
    try {
      drawNow(chart, await loadPlotly(), screenColours());
    } catch (error) {
      chart.classList.add("tb-chart-failed");
      chart.closest("figure").querySelector("details.tb-numbers").open = true;
      console.error(error);
    }
  }

  const charts = [...document.querySelectorAll(".tb-chart")];
  const inView = new IntersectionObserver(entries => {
    for (const entry of entries.filter(entry => entry.isIntersecting)) {
      inView.unobserve(entry.target);
      draw(entry.target);
    }
  }, {rootMargin: "300px 0px"});
  charts.forEach(chart => inView.observe(chart));

  function recolour(colours, size) {
    for (const {tbPlot} of charts.filter(chart => chart.tbPlot)) {
      window.Plotly.relayout(tbPlot, {...colouredLayout(tbPlot.layout, colours), ...size});
    }
  }

  if (charts.length) {
    new MutationObserver(() => recolour(screenColours(), {}))
      .observe(document.documentElement, {attributes: true, attributeFilter: ["data-theme"]});
  }

  // --- Print: in the light colours, every chart drawn, its table below it ----------------------------------------

  let closed = [], theme = "light";
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
    closed = [...document.querySelectorAll("details.tb-numbers:not([open])")];
    closed.forEach(details => { details.open = true; });
    if (!window.Plotly) return;
    charts.forEach(chart => drawNow(chart, window.Plotly, screenColours()));
    recolour(screenColours(), {width: PRINT_WIDTH});
  });
  addEventListener("afterprint", () => {
    document.documentElement.dataset.theme = theme;
    closed.forEach(details => { details.open = false; });
    recolour(screenColours(), {width: undefined, autosize: true});
  });

  // For whoever prints by machine: resolves when all charts of the page are drawn.
  window.transferbuch = {drawAll: () => Promise.all(charts.map(draw))};

  // --- Lists with a filter ---------------------------------------------------------------------------------------

  const plain = text => text.toLowerCase().replaceAll("ä", "ae").replaceAll("ö", "oe").replaceAll("ü", "ue")
    .replaceAll("ß", "ss");

  /* <form class="tb-filter" data-target="#id" data-unit="Kommunen">: the text field and each <select data-key>
     decide which children of the target stay; a child's data-<key> holds one or more values, divided by "|". */
  function setUpFilter(form) {
    const items = [...document.querySelector(form.dataset.target).children];
    const words = items.map(item => plain(item.dataset.search ?? item.textContent));
    const text = form.querySelector("input");
    const selects = [...form.querySelectorAll("select[data-key]")];
    const count = form.querySelector(".tb-count") ?? form.appendChild(document.createElement("p"));
    count.className = "tb-count";
    count.setAttribute("role", "status");
    const fields = [...(text ? [[text.name || "suche", text]] : []), ...selects.map(field => [field.dataset.key, field])];

    function matches(item, index) {
      const wanted = text ? plain(text.value).split(/\s+/).filter(Boolean) : [];
      return wanted.every(word => words[index].includes(word)) && selects.every(({value, dataset}) =>
        !value || (item.getAttribute(`data-${dataset.key}`) ?? "").split("|").includes(value));
    }

    function apply() {
      let shown = 0;
      items.forEach((item, index) => {
        const visible = matches(item, index);
        item.toggleAttribute("data-tb-hidden", !visible);
        shown += visible;
      });
      count.textContent = `${shown} von ${items.length} ${form.dataset.unit ?? "Einträgen"}`;
    }

    function remember() {
      const url = new URL(location.href);
      for (const [name, field] of fields) {
        if (field.value) url.searchParams.set(name, field.value); else url.searchParams.delete(name);
      }
      try {
        history.replaceState(null, "", url);
      } catch (refused) {
        // Chromium forbids this for file://; the list works, only the address does not carry the choice
        console.info(refused.message);
      }
    }

    for (const [name, field] of fields) {
      const value = new URLSearchParams(location.search).get(name);
      if (value !== null) field.value = value;
    }
    form.addEventListener("input", () => { apply(); remember(); });
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
    apply();
  }

  document.querySelectorAll("form.tb-filter[data-target]").forEach(setUpFilter);

  // --- Glossary: the definition beside a term while pointer or focus is on it; Escape or a tap elsewhere closes it --

  const MARGIN = 8, PATIENCE = 250;  // pixels to the edge of the window; milliseconds to get from the term to the box
  const boxOf = term => document.getElementById(term.getAttribute("aria-describedby"));
  let explained = null, explainedBefore = null, isTouch = false, closing = 0;

  function explain(term) {
    clearTimeout(closing);
    if (explained === term) return;
    closeDefinition();
    const box = boxOf(term), lines = [...term.getClientRects()], last = lines.at(-1);
    box.hidden = false;
    const right = document.documentElement.clientWidth - MARGIN - box.offsetWidth;
    const isRoomBelow = last.bottom + box.offsetHeight < innerHeight;
    box.style.left = `${scrollX + Math.max(MARGIN, Math.min(last.left, right))}px`;
    box.style.top = `${scrollY + (isRoomBelow ? last.bottom : lines[0].top - box.offsetHeight)}px`;
    explained = term;
  }

  function closeDefinition() {
    clearTimeout(closing);
    if (explained) boxOf(explained).hidden = true;
    explained = null;
  }

  function closeSoon() {
    clearTimeout(closing);
    closing = setTimeout(closeDefinition, PATIENCE);
  }

  for (const term of document.querySelectorAll("a.tb-term")) {
    const box = boxOf(term);
    term.addEventListener("pointerenter", event => { if (event.pointerType !== "touch") explain(term); });
    box.addEventListener("pointerenter", () => clearTimeout(closing));
    for (const part of [term, box]) {
      part.addEventListener("pointerleave", event => { if (event.pointerType !== "touch") closeSoon(); });
    }
    term.addEventListener("focus", () => { if (term.matches(":focus-visible")) explain(term); });
    term.addEventListener("blur", closeSoon);
    // the first tap explains, the second follows the link; Enter (detail 0) always does
    term.addEventListener("click", event => {
      if (!isTouch || event.detail === 0 || explainedBefore === term) return;
      event.preventDefault();
      explain(term);
    });
  }
  document.addEventListener("pointerdown", event => {
    [explainedBefore, isTouch] = [explained, event.pointerType === "touch"];
    if (!event.target.closest(".tb-term, .tb-definition")) closeDefinition();
  });
  document.addEventListener("keydown", event => { if (event.key === "Escape") closeDefinition(); });

  // --- Repairs of the theme's own controls -----------------------------------------------------------------------

  document.getElementById("pst-primary-sidebar-modal")?.setAttribute("aria-label", "Kapitel");
  document.getElementById("pst-secondary-sidebar-modal")?.setAttribute("aria-label", "Auf dieser Seite");
  addEventListener("DOMContentLoaded", () =>
    document.querySelector("p.search-summary")?.setAttribute("role", "status"));
})();
