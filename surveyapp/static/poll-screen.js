/* The presenter's pages: results that grow, buttons without a new page, keys.
 * Without this script the buttons and « Actualiser » do the same. */
(function () {
  "use strict";

  var board = document.querySelector("[data-board]");
  if (!board) return;
  var fault = document.querySelector("[data-fault]");
  var address = board.dataset.board;
  var keys = "keys" in board.dataset;
  var aliases = { PageDown: "ArrowRight", PageUp: "ArrowLeft" };
  var tag = "";
  var asked = 0;
  var shown = 0;
  var timer;

  function say(message) {
    fault.textContent = message;
    fault.hidden = !message;
  }

  /* An answer that was asked for before the last one shown is out of date. */
  function show(number, data) {
    if (number < shown) return;
    shown = number;
    if (!data) return;
    tag = data.v;
    window.PollMorph(board, data.html);
    prepare();
  }

  function prepare() {
    var button = board.querySelector("[data-fullscreen]");
    if (button) button.hidden = !document.fullscreenEnabled;
  }

  function read(answer) {
    if (answer.status === 204) return null;
    return answer.json().then(function (data) {
      if (!answer.ok) throw new Error(data.error || "");
      return data;
    });
  }

  function ask() {
    asked += 1;
    var number = asked;
    window.clearTimeout(timer);
    fetch(address + "&v=" + tag, { headers: { Accept: "application/json" }, cache: "no-store" })
      .then(read)
      .then(function (data) {
        show(number, data);
        if (fault.dataset.network) { delete fault.dataset.network; say(""); }
        timer = window.setTimeout(ask, 1000);
      })
      .catch(function () {
        fault.dataset.network = "1";
        say("La connexion est interrompue. L’écran reprendra tout seul.");
        timer = window.setTimeout(ask, 2000);
      });
  }

  function send(form, submitter) {
    var body = new URLSearchParams(new FormData(form));
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    asked += 1;
    var number = asked;
    fetch(form.getAttribute("action"), { method: "POST", body: body, headers: { Accept: "application/json" } })
      .then(read)
      .then(function (data) { say(""); show(number, data); })
      .catch(function (error) { say(error.message || "Le geste n’est pas passé. Réessayez."); });
  }

  board.addEventListener("submit", function (event) {
    event.preventDefault();
    send(event.target, event.submitter);
  });

  board.addEventListener("click", function (event) {
    if (!event.target.closest("[data-fullscreen]")) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  });

  /* Single keys can be switched off (WCAG 2.1.4), and never act while somebody types. */
  document.addEventListener("keydown", function (event) {
    if (!keys || event.ctrlKey || event.metaKey || event.altKey) return;
    var box = board.querySelector("[data-shortcuts]");
    if (!box || !box.checked || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    var name = aliases[event.key] || (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    var button = board.querySelector('button[data-key="' + CSS.escape(name) + '"]');
    if (!button) return;
    event.preventDefault();
    if (!button.disabled && !event.repeat) button.click();
  });

  prepare();
  ask();
})();
