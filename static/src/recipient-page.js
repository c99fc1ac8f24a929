// What recipient.js, which has the page, lends to recipient-more.js: a script of its own can't
// import it without loading it twice.

export let action, announce, every, Failure, find, forget, formatTime, inWords, initialOf;
export let now, on, post, secondsLeft, share, show, showTime, stamp;

export function use(page) {
  ({ action, announce, every, Failure, find, forget, formatTime, inWords, initialOf } = page);
  ({ now, on, post, secondsLeft, share, show, showTime, stamp } = page);
}
