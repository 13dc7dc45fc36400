/* Only in the local preview (transferbuch serve --watch): reloads the page when it was built again, shows faults. */
"use strict";
(() => {
  const built = document.currentScript.dataset.build;
  const page = decodeURIComponent(location.pathname).replace(/\/$/, "/index.html").replace(/\.html$/, ".md");

  function isHere(file) {
    return `/${file.replace(/^book\//, "").replace("transfer/intern/", "transfer/")}` === page;
  }

  function show(faults) {
    document.getElementById("tb-preview-faults")?.remove();
    if (!faults.length) return;
    const here = faults.filter((one) => isHere(one.file));
    const others = faults.length - here.length;
    const box = document.createElement("aside");
    box.id = "tb-preview-faults";
    box.setAttribute("role", "alert");
    box.style.cssText =
      "position:fixed;z-index:9999;inset:auto 0 0 0;max-height:45vh;overflow:auto;padding:.75rem 1rem;" +
      "background:#7a1420;color:#fff;font:1rem/1.5 system-ui,sans-serif;border-top:.25rem solid #fff";
    const close = document.createElement("button");
    close.textContent = "Ausblenden";
    close.style.cssText = "float:right;font:inherit;padding:.1rem .6rem;background:#fff;color:#7a1420;border:0";
    close.addEventListener("click", () => box.remove());
    box.append(close);
    const head = document.createElement("strong");
    head.textContent = !here.length
      ? "Andere Dateien haben Fehler."
      : here.some((one) => one.held)
        ? "Die gespeicherte Fassung dieser Seite hat Fehler. Zu sehen ist der Stand davor."
        : "Diese Seite hat Fehler.";
    box.append(head);
    const list = document.createElement("ul");
    list.lang = "en";
    for (const one of here) {
      const item = document.createElement("li");
      item.textContent = one.text;
      list.append(item);
    }
    if (here.length) box.append(list);
    if (others) {
      const more = document.createElement("p");
      const files = [...new Set(faults.filter((one) => !isHere(one.file)).map((one) => one.file))];
      more.textContent = `${here.length ? "Außerdem in anderen Dateien" : "Fehler"}: ${others} (${files.slice(0, 5).join(", ")}${files.length > 5 ? " …" : ""})`;
      more.style.margin = "0";
      box.append(more);
    }
    document.body.append(box);
  }

  new EventSource("/_vorschau/news").onmessage = (event) => {
    const news = JSON.parse(event.data);
    if (news.build === built) show(news.faults);
    else location.reload();
  };
})();
