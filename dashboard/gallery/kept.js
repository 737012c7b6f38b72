// Where the pictures shown last lie; those in the browser's memory are let go when they leave.
export class Kept {
  constructor(most) {
    this.most = most;
    this.addresses = new Map(); // in the order in which they were last asked for
  }

  get(id) {
    const address = this.addresses.get(id);
    if (address === undefined) return undefined;
    this.addresses.delete(id);
    this.addresses.set(id, address);
    return address;
  }

  add(id, address) {
    this.addresses.set(id, address);
    if (this.addresses.size > this.most) this.dropOldest();
    return address;
  }

  // An image that has loaded stays as it is. Of an address on the server nothing is revoked.
  dropOldest() {
    const [id, address] = this.addresses.entries().next().value;
    this.addresses.delete(id);
    URL.revokeObjectURL(address);
  }
}
