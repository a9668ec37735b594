// Added by spark-platform. Spark's scripts put what the REST API says into tables as HTML, and most of it is the job's
// own words: hosts, log links, errors, accumulators. Escaped here, where it comes in, so that no column can forget it.
(() => {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;" };
  const escapeText = (text) => text.replace(/[&<>"']/g, (character) => entities[character]);
  const escapeValue = (_key, value) => {
    if (typeof value === "string") return escapeText(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [escapeText(key), each]));
  };
  $.ajaxSetup({ converters: { "text json": (text) => JSON.parse(text, escapeValue) } });
})();
