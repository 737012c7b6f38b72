// The number of a cluster, typed digit by digit; it waits only where another digit could follow.

const WAIT_MS = 600;

export class Digits {
  // `onNumber` gets a cluster's number, `onNone` what was typed where no cluster has it;
  // `onChange` what is typed so far.
  constructor({ onNumber, onNone, onChange }) {
    Object.assign(this, { onNumber, onNone, onChange, text: "" });
  }

  get isPending() {
    return this.text !== "";
  }

  press(digit, numbers) {
    const text = this.text + digit;
    const begun = numbers.map(String).filter((one) => one.startsWith(text));
    this.set(text);
    this.numbers = numbers;
    if (begun.some((one) => one !== text)) this.timer = setTimeout(() => this.commit(), WAIT_MS);
    else this.commit();
  }

  commit() {
    const typed = this.text;
    if (!typed) return;
    this.clear();
    if (this.numbers.includes(Number(typed)) && typed === String(Number(typed))) {
      this.onNumber(Number(typed));
    } else this.onNone(typed);
  }

  clear() {
    if (this.isPending) this.set("");
  }

  set(text) {
    clearTimeout(this.timer);
    this.text = text;
    this.onChange(text);
  }
}
