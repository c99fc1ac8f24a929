const PAUSES = [500, 1000, 2000]; // in milliseconds, before another try

// again makes a call that does no more if it is made twice: it is made again while the server doesn't
// know whether it did what was asked.
export async function again(call) {
  for (const pause of PAUSES) {
    try {
      return await call();
    } catch (error) {
      if (error.state !== "unknown") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return call();
}
