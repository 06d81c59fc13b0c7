// Follows a task without reloading the page; without this script the page reloads itself.
(function () {
  "use strict";
  var box = document.querySelector("[data-task]");
  if (!box) return;
  var bar = box.querySelector("progress");
  var label = box.querySelector("[data-task-label]");
  var delay = 500;

  function ask() {
    fetch(box.dataset.task, { headers: { Accept: "application/json" }, cache: "no-store" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (task) {
        if (task.finished) {
          window.location.reload();
          return;
        }
        if (task.progress > 0) bar.value = task.progress;
        if (task.label && label.textContent !== task.label) label.textContent = task.label;
        delay = Math.min(delay * 1.2, 3000);
        window.setTimeout(ask, delay);
      })
      .catch(function () {
        window.setTimeout(ask, 5000);
      });
  }
  window.setTimeout(ask, delay);
})();
