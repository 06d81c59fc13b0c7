// Shows charts as soon as they are drawn; without this script a link reloads the page.
(function () {
  "use strict";
  var box = document.querySelector("[data-charts]");
  if (!box || !box.dataset.charts) return;
  var left = Infinity;
  var delay = 400;

  function insert(html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    document.querySelectorAll("[data-waiting]").forEach(function (sentence) {
      var place = sentence.parentElement;
      var drawn = page.getElementById(place.id);
      if (drawn && !drawn.querySelector("[data-waiting]")) place.replaceWith(drawn);
    });
    if (!document.querySelector("[data-waiting]")) box.replaceChildren();
  }

  function refresh() {
    return fetch(window.location.href, { cache: "no-store" })
      .then(function (answer) { return answer.text(); })
      .then(insert);
  }

  function ask() {
    fetch(box.dataset.charts, { headers: { Accept: "application/json" }, cache: "no-store" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (state) {
        var news = state.left < left && (left !== Infinity || state.left === 0);
        left = state.left;
        return news ? refresh() : null;
      })
      .then(function () {
        if (left === 0) return;
        delay = Math.min(delay * 1.3, 4000);
        window.setTimeout(ask, delay);
      })
      .catch(function () { window.setTimeout(ask, 6000); });
  }
  window.setTimeout(ask, delay);
})();
