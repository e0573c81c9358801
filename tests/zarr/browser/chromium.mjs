// A headless Chromium, driven by its debug protocol through two pipes.

import { spawn } from "node:child_process";

export async function startChromium(program, profile) {
    const browser = spawn(program, [
        "--headless", "--remote-debugging-pipe", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
        "--force-color-profile=srgb", "--force-device-scale-factor=1", `--user-data-dir=${profile}`, "about:blank",
    ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    const [, , , to, from] = browser.stdio;
    const waiting = new Map();
    const listeners = [];
    let rest = "", last = 0;
    from.setEncoding("utf8").on("data", (text) => {
        const messages = (rest + text).split("\0");
        rest = messages.pop();
        for (const { id, result, error, method, params } of messages.map((message) => JSON.parse(message))) {
            if (method) listeners.forEach((listener) => listener(method, params));
            const call = waiting.get(id);
            waiting.delete(id);
            if (error) call?.reject(new Error(error.message));
            else call?.resolve(result);
        }
    });
    const ended = (why) => waiting.forEach((call) => call.reject(new Error(`${program} ${why}`)));
    browser.on("error", (error) => ended(error.message)).on("exit", (status) => ended(`has ended with ${status}`));
    to.on("error", () => {});

    let sessionId;
    const call = (method, params = {}) => new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        to.write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
    });
    const { targetId } = await call("Target.createTarget", { url: "about:blank" });
    ({ sessionId } = await call("Target.attachToTarget", { targetId, flatten: true }));

    return {
        call,
        /// Calls `listener` with the name of each event, and what is said of it.
        listen(listener) { listeners.push(listener); },
        /// What an expression, or the promise that it is, becomes in the page.
        async evaluate(expression) {
            const done = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
            if (done.exceptionDetails) {
                throw new Error(done.exceptionDetails.exception?.description ?? done.exceptionDetails.text);
            }
            return done.result.value;
        },
        async close() {
            const gone = new Promise((resolve) => browser.once("exit", resolve));
            sessionId = undefined;
            call("Browser.close").catch(() => {});
            await gone;
        },
    };
}
