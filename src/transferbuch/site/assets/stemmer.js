/* The same steps as `stem` in transferbuch/site/search.py; a test compares them word by word. */
var Stemmer = function () {
  this.stemWord = function (word) {
    word = word.toLowerCase()
      .replace(/[äàáâ]/g, "a").replace(/[öòóô]/g, "o").replace(/[üùúû]/g, "u").replace(/[éèêë]/g, "e").replace(/ß/g, "ss")
      .replace(/ae/g, "a").replace(/oe/g, "o").replace(/(^|[^aeq])ue/g, "$1u")
      .replace(/(er|ent|ant|ist)in(nen)?$/, "$1").replace(/(.{3})innen$/, "$1");
    if (word.length > 5 && /er[ns]$/.test(word)) word = word.slice(0, -3);
    else if (word.length > 4 && /e[mnrs]$/.test(word)) word = word.slice(0, -2);
    else if (word.length > 3 && /e$/.test(word)) word = word.slice(0, -1);
    else if (word.length > 3 && /[bdfghklmnt]s$/.test(word)) word = word.slice(0, -1);
    if (word.length > 5 && /est$/.test(word)) return word.slice(0, -3);
    if (word.length > 4 && /e[nr]$/.test(word)) return word.slice(0, -2);
    if (word.length > 4 && /[bdfghklmnt]st$/.test(word)) return word.slice(0, -2);
    return word;
  };
};
