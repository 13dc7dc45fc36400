/* Charts and lists of the pages. Loads nothing from other hosts; plotly.js only when a chart comes into view.
   Works from file:// too. Without JavaScript every chart's numbers are in the table below it. */
(() => {
  "use strict";

  const OWN = document.currentScript.src;  // "" in a page that was saved alone
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

  /* A script beside this one, in the same version, when a page needs it. */
  function load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script"), address = new URL(name, OWN);
      address.search = new URL(OWN).search;
      script.src = address.href;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${name} fehlt`));
      document.head.append(script);
    });
  }

  // --- Charts ---------------------------------------------------------------------------------------------------

  let plotly = null;

  function loadPlotly() {
    const loaded = window.Plotly ? Promise.resolve() : load("vendor/plotly.min.js");  // a page saved alone has it inside
    plotly ??= loaded.then(() => { window.Plotly.register(GERMAN); return window.Plotly; });
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

  /* Text with its elements apart: in textContent the last word of one sticks to the first of the next. */
  const textOf = node => node.data ?? [...node.childNodes].map(textOf).join(" ");

  function element(tag, className, text = "") {
    return Object.assign(document.createElement(tag), {className, textContent: text});
  }

  /* <form class="tb-filter" data-target="#id" data-unit="Kommunen">: the text field and each <select data-key> decide
     which children of the targets stay; a child's data-<key> holds one or more values, divided by "|", its data-search
     more words to be found by. Words are found in every form, also as the end of a compound ("Schulen" in
     "Grundschule"), by the stems of the search, and as typed so far. The choice is in the address after #, which works
     from file:// and is not sent to any server. */
  function setUpFilter(form) {
    const lists = [...document.querySelectorAll(form.dataset.target)];
    const items = lists.flatMap(list => [...list.children]);
    const stemmer = new window.Stemmer();
    const wordsOf = text => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const texts = items.map(item => `${textOf(item)} ${item.dataset.search ?? ""}`);
    const stems = texts.map(text => wordsOf(text).map(stemmer.stemWord).join(" ") + " "), plains = texts.map(plain);
    const fields = [...form.querySelectorAll("input[type=search], select[data-key]")].map(control =>
      ({control, name: control.dataset.key ?? control.name, label: control.closest("label").firstChild.data.trim()}));
    const selects = fields.filter(({control}) => control.dataset.key);
    const options = selects.flatMap(field => [...field.control.options].filter(option => option.value)
      .map(option => ({field, option, label: option.label})));
    options.forEach(({option}) => { option.value = option.value; });  // fixed, for the label will change

    const found = element("div", "tb-found"), count = element("p", "tb-count"), choice = element("p", "tb-choice");
    const wider = element("p", "tb-wider");
    count.setAttribute("role", "status");
    found.append(count, choice, wider);
    form.after(found);

    const valuesOf = (item, {name}) => (item.getAttribute(`data-${name}`) ?? "").split("|");
    const holds = (index, word) => window.stopwords.includes(word) || plains[index].includes(plain(word))
      || stems[index].includes(stemmer.stemWord(word) + " ");

    function accepts(field, index) {
      const value = field.control.value;
      return field.control.dataset.key ? !value || valuesOf(items[index], field).includes(value)
        : wordsOf(value).every(word => holds(index, word));
    }

    function apply() {
      const refusing = items.map((_, index) => fields.filter(field => !accepts(field, index)));
      const left = field => items.filter((_, index) => refusing[index].every(one => one === field));
      items.forEach((item, index) => item.toggleAttribute("data-tb-hidden", refusing[index].length > 0));
      for (const list of lists) {
        const empty = [...list.children].every(item => item.hasAttribute("data-tb-hidden"));
        list.closest(".tb-table")?.toggleAttribute("data-tb-hidden", empty);
      }
      const rest = new Map(selects.map(field => [field, left(field).flatMap(item => valuesOf(item, field))]));
      for (const {field, option, label} of options) {
        option.label = `${label} (${rest.get(field).filter(value => value === option.value).length})`;
      }
      const shown = refusing.filter(one => !one.length).length;
      const chosen = fields.filter(({control}) => control.value.trim());
      const named = chosen.map(({control, label}) => `${label}: ${control.value.trim()}`);
      count.textContent = `${shown} von ${items.length} ${form.dataset.unit}`
        + (shown ? "" : ". Nichts passt zu allen Angaben zugleich.");
      choice.textContent = named.length ? `Auswahl: ${named.join("; ")}` : "";
      wider.replaceChildren();
      if (shown) return;
      const ways = chosen.map((field, place) => ({field, name: named[place], more: left(field).length}));
      wider.append(...ways.filter(({more}) => more).map(({field, name, more}) => {
        const button = Object.assign(element("button", "tb-button", `Ohne „${name}“ (${more})`), {type: "button"});
        button.addEventListener("click", () => { field.control.value = ""; changed(); field.control.focus(); });
        return button;
      }));
      if (!wider.children.length) wider.textContent = "Nehmen Sie Angaben zurück, oder wählen Sie „Alle zeigen“.";
    }

    function address() {
      const given = fields.filter(({control}) => control.value);
      const chosen = new URLSearchParams(given.map(({name, control}) => [name, control.value]));
      return location.href.split("#")[0] + (chosen.size ? `#${chosen}` : "");
    }

    function changed() {
      apply();
      try {
        history.replaceState(null, "", address());
      } catch (refused) {
        console.info(refused.message);  // Safari allows 100 in half a minute; the next one carries the choice
      }
    }

    function restore() {
      if (location.hash && !location.hash.includes("=")) return;  // a place of the page, no choice
      const chosen = new URLSearchParams(location.hash.slice(1));
      for (const {name, control} of fields) {
        control.value = chosen.get(name) ?? "";
        if (control.selectedIndex === -1) control.value = "";  // an address of former times
      }
      apply();
    }

    async function copy() {
      wider.replaceChildren();
      try {
        await navigator.clipboard.writeText(address());
        count.textContent = "Der Link zu dieser Auswahl ist kopiert.";
      } catch (refused) {
        // no permission, or a server without https: readers copy it themselves
        const field = Object.assign(element("input", "tb-address"), {value: address(), readOnly: true});
        field.setAttribute("aria-label", "Link zu dieser Auswahl");
        count.textContent = "Bitte den markierten Link kopieren.";
        wider.append(field);
        field.select();
      }
    }

    for (const item of items) {  // for print
      const link = item.querySelector("a");
      if (link) item.dataset.address = location.protocol === "file:" ? link.getAttribute("href") : link.href;
    }
    form.addEventListener("input", changed);
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(changed));
    form.querySelector(".tb-copy")?.addEventListener("click", copy);
    addEventListener("hashchange", restore);
    addEventListener("pageshow", restore);  // back from another page
    restore();
  }

  const filters = document.querySelectorAll("form.tb-filter[data-target]");
  if (filters.length) load("language_data.js").then(() => filters.forEach(setUpFilter));

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
