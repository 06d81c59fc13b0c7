/* Says, ten minutes before, that the session of a colleague ends, and lets it last longer.
   Without this script nothing is lost either: a form that comes too late is given back. */
(function () {
  "use strict";

  var box = document.getElementById("fin-de-session");
  if (!box || !window.fetch) return;

  var BEFORE = 600000;
  var LOOK = 15000;
  var text = box.querySelector("p");
  var button = box.querySelector("button");
  var hour = box.dataset.hour;
  var end = Date.now() + Number(box.dataset.left) * 1000;
  var prolonged = false;

  function say(words) {
    box.hidden = false;
    document.documentElement.style.scrollPaddingTop = box.offsetHeight + "px";
    if (text.textContent !== words) text.textContent = words;
  }

  function look() {
    var left = end - Date.now();
    if (left > BEFORE) return;
    prolonged = false;
    button.hidden = left <= 0;
    if (left > 0) say("Votre session se termine à " + hour + ".");
    else say("Votre session est terminée. Ce que vous envoyez vous sera rendu, à renvoyer une fois connectée.");
  }

  button.addEventListener("click", function () {
    if (prolonged) return;
    prolonged = true;
    fetch(box.dataset.stay, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": box.dataset.key },
    })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (ending) {
        hour = ending.hour;
        end = Date.now() + ending.left * 1000;
        say("C’est fait\u00a0: votre session dure jusqu’à " + hour + ".");
        text.focus();
        button.hidden = true;
      })
      .catch(function () {
        prolonged = false;
        say("Votre session n’a pas pu être prolongée. Réessayez, ou enregistrez votre page avant " + hour + ".");
      });
  });

  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", look);
  look();
})();
