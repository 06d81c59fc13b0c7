/* Keeps on the server what is typed, while it is typed, and says so; without this script a
 * page is saved by its buttons.
 *
 * - one request after two quiet seconds, and one when the page is left;
 * - without network: said, tried again, and nobody leaves without being asked;
 * - a browser that lost its cookie gets a new key and goes on;
 * - the hour shown is that of the reader's own clock: the server notes none.
 */
(function () {
  "use strict";

  var form = document.querySelector("form.respond[data-today]");
  var line = document.getElementById("enregistre");
  if (!form || !line || !window.fetch || !window.AbortController) return;

  var QUIET = 2000;
  var PATIENCE = 15000;
  var AGAIN = [5000, 10000, 20000, 40000, 60000];
  var LONGEST_FAREWELL = 30000; /* what browsers carry on sending once the page is left */
  var SAVED = { 204: true };
  var CLOSED = { 403: true, 404: true, 410: true };

  var saved = content();
  var timer = 0;
  var failures = 0;
  var running = null;
  var flying = "";
  var waiting = false;
  var over = false;

  function content() {
    var data = new URLSearchParams(new FormData(form));
    data.delete("csrf_token");
    data.set("_action", "autosave");
    return data.toString();
  }

  function say(text, trouble) {
    line.classList.toggle("saved-not", trouble);
    if (line.textContent !== text) line.textContent = text;
    if (trouble) uncover(document.activeElement);
  }

  /* Trouble is said at the bottom of the screen: what is being typed must not lie under it. */
  function uncover(field) {
    if (!field || field === document.body || !form.contains(field) || line.contains(field)) return;
    var place = (field.closest(".choice, .scale-step") || field).getBoundingClientRect();
    var notice = line.getBoundingClientRect();
    var hidden = Math.min(place.bottom + 8 - notice.top, place.top - 8);
    document.documentElement.style.scrollPaddingBottom = notice.height + 8 + "px";
    if (place.top < notice.bottom && hidden > 0) window.scrollBy(0, hidden);
  }

  function clock() {
    var now = new Date();
    return now.getHours() + "\u00a0h\u00a0" + String(now.getMinutes()).padStart(2, "0");
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function failed() {
    say("Pas encore enregistré\u00a0: le réseau ne répond pas. Nous réessayons. Gardez cette page ouverte.", true);
    later(AGAIN[Math.min(failures, AGAIN.length - 1)]);
    failures += 1;
  }

  function stop(text) {
    over = true;
    say(text, true);
  }

  /* A browser that lost its cookie is given a new key instead of « saved ». */
  function renew(answer) {
    return answer.json().then(function (body) {
      form.elements.csrf_token.value = body.csrf;
      failures += 1;
      later(failures > 1 ? AGAIN[0] : 0);
    });
  }

  function judge(answer, body) {
    if (SAVED[answer.status]) {
      saved = body;
      failures = 0;
      say("Enregistré à " + clock(), false);
      if (content() !== body) later(QUIET);
    } else if (answer.type === "opaqueredirect") {
      stop("Ces réponses ont déjà été envoyées depuis une autre page.");
    } else if (CLOSED[answer.status]) {
      stop("Ce questionnaire ne prend plus de réponses\u00a0: cette page n’est pas enregistrée.");
    } else if (answer.status === 200) {
      return renew(answer);
    } else {
      failed();
    }
  }

  function save(leaving) {
    var body = content();
    if (over || waiting || body === saved || (running && (leaving !== true || body === flying))) return;
    clearTimeout(timer);
    flying = body;
    var stopper = new AbortController();
    var limit = setTimeout(function () { stopper.abort(); }, PATIENCE);
    var sent = new URLSearchParams(body);
    sent.set("csrf_token", form.elements.csrf_token.value);
    var request = fetch(form.action, {
      method: "POST",
      body: sent,
      redirect: "manual",
      keepalive: body.length < LONGEST_FAREWELL,
      signal: stopper.signal,
    }).then(function (answer) { return judge(answer, body); }).catch(failed).then(function () {
      clearTimeout(limit);
      if (running === request) running = null;
    });
    running = request;
  }

  /* The page itself is on its way: an earlier state of it must not arrive after it. */
  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    if (waiting || running) event.preventDefault();
    if (waiting || !running) {
      over = !waiting;
      return;
    }
    waiting = true;
    function go() {
      if (!waiting) return;
      waiting = false;
      running = null;
      form.requestSubmit(event.submitter);
    }
    running.then(go);
    setTimeout(go, QUIET);
  });

  function changed() {
    if (!running) later(QUIET);
  }

  function farewell() {
    save(true);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", save);
  window.addEventListener("pagehide", farewell);
  window.addEventListener("pageshow", function () { over = false; });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") farewell();
  });
  window.addEventListener("beforeunload", function (event) {
    if (failures && !over && content() !== saved) event.preventDefault();
  });

  /* A campaign that closes while the page lies open says so a quarter of an hour before. */
  var notice = document.getElementById("fermeture");
  var left = notice ? Number(notice.dataset.at) * 1000 - Date.now() - 900000 : NaN;
  if (left < 86400000) setTimeout(function () { notice.hidden = false; }, Math.max(left, 0));
})();
