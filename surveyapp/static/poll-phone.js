/* A telephone in the room: it asks every two to three seconds what is put, and sends its vote
 * again and again until the server has it. A vote that arrives twice counts once.
 * Without this script the form and « Question suivante » do the same. */
(function () {
  "use strict";

  var root = document.querySelector("[data-poll]");
  if (!root) return;
  var place = root.querySelector("[data-question]");
  var results = root.querySelector("[data-results]");
  var said = root.querySelector("[data-said]");
  var refresh = root.querySelector("[data-refresh]");
  var key = root.dataset.key;
  var tag = "";
  var seen = {};   /* question → what shows that this telephone has voted */
  var votes = {};  /* question → what was voted */
  var pending = null;
  var sending = false;
  var failures = 0;
  var retry;

  function form() {
    return place.querySelector("form");
  }

  function question() {
    return form() ? form().elements.question.value : "";
  }

  function say(message, kind) {
    said.innerHTML = "";
    if (!message) return;
    var line = document.createElement("p");
    line.className = kind ? "alert alert-" + kind : "visually-hidden";
    line.textContent = message;
    said.append(line);
  }

  function controls() {
    return Array.from(place.querySelectorAll('[name="reponse"]'));
  }

  function values() {
    return controls().filter(function (one) {
      return one.type === "text" ? one.value.trim() : one.checked;
    }).map(function (one) { return one.value; });
  }

  /* ---- the vote ---- */

  function restore() {
    var known = votes[question()];
    if (!known) return;
    controls().forEach(function (one, index) {
      if (one.type === "text") one.value = known[index] || "";
      else one.checked = known.indexOf(one.value) >= 0;
    });
    sent();
  }

  function sent() {
    var button = place.querySelector("button[type=submit]");
    if (button) button.textContent = "Changer ma réponse";
  }

  function request(address, options) {
    var stop = new AbortController();
    var late = window.setTimeout(function () { stop.abort(); }, 8000);
    options.signal = stop.signal;
    options.cache = "no-store";
    options.headers = { Accept: "application/json" };
    return fetch(address, options).finally(function () { window.clearTimeout(late); });
  }

  function send() {
    if (sending || !pending) return;
    window.clearTimeout(retry);
    var vote = pending;
    sending = true;
    if (!failures) say("Envoi en cours…", "info");
    request(vote.address, { method: "POST", body: vote.body })
      .then(function (answer) {
        if (answer.status >= 500) throw new Error();
        return answer.json().then(function (data) { finished(vote, answer.ok, data); });
      })
      .catch(function () { later(); });
  }

  function finished(vote, counted, data) {
    sending = false;
    failures = 0;
    if (pending !== vote) { send(); return; }
    pending = null;
    if (!counted) { say(data.error, "warning"); return; }
    seen[vote.question] = data.proof;
    votes[vote.question] = vote.values;
    if (question() === vote.question) {
      say("Votre réponse est envoyée. Vous pouvez la changer tant que le vote est ouvert.", "success");
      sent();
    } else {
      say("Votre réponse est envoyée.", "success");
    }
    ask();
  }

  function later() {
    sending = false;
    failures += 1;
    say("Pas de réseau pour le moment. Gardez cette page ouverte\u00a0: votre réponse partira toute seule.", "warning");
    var wait = Math.min(8000, 500 * Math.pow(2, failures)) * (0.75 + Math.random() / 2);
    retry = window.setTimeout(send, wait);
  }

  place.addEventListener("submit", function (event) {
    event.preventDefault();
    var body = new URLSearchParams(new FormData(event.target));
    body.set("csrf_token", root.dataset.proof);
    var fault = root.querySelector("[data-fault]");
    if (fault) fault.remove();
    pending = { question: question(), address: event.target.getAttribute("action"), body: body, values: values() };
    send();
  });
  window.addEventListener("online", send);

  /* ---- what is put ---- */

  var timer;

  function ask() {
    window.clearTimeout(timer);
    var proof = seen[question()];
    request(root.dataset.poll + "?v=" + tag + (proof ? "&preuve=" + proof : ""), {})
      .then(function (answer) {
        if (answer.status === 204) return null;
        if (!answer.ok) throw new Error();
        return answer.json();
      })
      .then(function (data) {
        if (data) show(data);
        if (!data || !data.done) wait();
      })
      .catch(wait);
  }

  function wait() {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 2000 + Math.random() * 1000);
  }

  function show(data) {
    tag = data.v;
    if (data.key !== key) {
      var before = question();
      var typed = values();
      key = data.key;
      place.innerHTML = data.question;
      if (question() !== before) {
        if (!pending) say(question() ? "Nouvelle question." : "");
        window.scrollTo(0, 0);
      } else if (!votes[before] && typed.length) {
        votes[before] = typed; /* the vote was stopped and resumed while somebody was typing */
        restore();
        delete votes[before];
      }
      restore();
    }
    window.PollMorph(results, data.results);
  }

  if (root.dataset.voted) {
    seen[question()] = root.dataset.voted;
    votes[question()] = values();
  }
  if (refresh) refresh.hidden = true;
  ask();
})();
