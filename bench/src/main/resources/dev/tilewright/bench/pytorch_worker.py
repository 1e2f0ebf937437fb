"""PyTorch's side of ChildBaseline: rfft, product, irfft. See ChildBaseline for the lines."""

import math
import sys
import time

import torch


class Case:
    def __init__(self, words):
        self.b, self.h, self.l, self.taps = map(int, words[:4])
        self.mode = words[4]
        self.gated, self.cached = (w == "1" for w in words[5:7])
        self.forward_pass = words[7] != "backward"
        self.backward_pass = words[7] != "forward"
        self.n = int(words[8])
        self.dir = words[9]
        shape = (self.b, self.h, self.l)
        self.u = self.read("u", shape)
        self.k = self.read("k", (self.h, self.taps))
        self.pregate = self.read("pregate", shape) if self.gated else None
        self.postgate = self.read("postgate", shape) if self.gated else None
        self.inputs = {"u": self.u, "k": self.k}
        if self.gated:
            self.inputs.update(pregate=self.pregate, postgate=self.postgate)
        self.dy = self.read("dy", shape) if self.backward_pass else None
        if self.backward_pass:
            for t in self.inputs.values():
                t.requires_grad_()
        self.spectrum = torch.fft.rfft(self.filter(), n=self.n) if self.cached else None

    def read(self, name, shape):
        path = f"{self.dir}/{name}"
        values = torch.from_file(path, size=math.prod(shape), dtype=torch.float32)
        return values.clone().view(shape)

    def filter(self):
        """The filter as the transform of length n wants it."""
        k, taps, length = self.k, self.taps, self.l
        if self.mode == "circular" and taps > length:
            whole = (taps + length - 1) // length * length
            return torch.nn.functional.pad(k, (0, whole - taps)).view(self.h, -1, length).sum(1)
        if self.mode == "bidirectional" and taps != self.n:
            positive, negative = min((taps + 1) // 2, length), min(taps // 2, length - 1)
            zeros = k.new_zeros(self.h, self.n - positive - negative)
            return torch.cat([k[:, :positive], zeros, k[:, taps - negative :]], 1)
        return k[:, :length] if self.mode == "causal" and taps > length else k

    def intermediates(self):
        """The tensors between the inputs and the output, in the order of their making."""
        v = self.u * self.pregate if self.gated else self.u
        spectrum = self.spectrum if self.cached else torch.fft.rfft(self.filter(), n=self.n)
        u_spectrum = torch.fft.rfft(v, n=self.n)
        product = u_spectrum * spectrum
        whole = torch.fft.irfft(product, n=self.n)
        made = [spectrum, u_spectrum, product, whole]
        return made + [v] if self.gated else made

    def forward(self):
        v = self.u * self.pregate if self.gated else self.u
        spectrum = self.spectrum if self.cached else torch.fft.rfft(self.filter(), n=self.n)
        y = torch.fft.irfft(torch.fft.rfft(v, n=self.n) * spectrum, n=self.n)[..., : self.l]
        return y * self.postgate if self.gated else y

    def call(self):
        if not self.backward_pass:
            with torch.no_grad():
                return self.forward()
        for t in self.inputs.values():
            t.grad = None
        y = self.forward()
        y.backward(self.dy)
        return y

    def run(self):
        y = self.call()
        results = {"y": y} if self.forward_pass else {}
        if self.backward_pass:
            results.update({"d" + name: t.grad for name, t in self.inputs.items()})
        for name, t in results.items():
            with open(f"{self.dir}/{name}.out", "wb") as f:
                f.write(t.detach().contiguous().numpy().tobytes())

    def time(self, calls):
        begun = time.perf_counter_ns()
        for _ in range(3):
            self.call()
            if time.perf_counter_ns() - begun > 30_000_000:
                break
        nanos = []
        for _ in range(calls):
            start = time.perf_counter_ns()
            self.call()
            nanos.append(time.perf_counter_ns() - start)
        return nanos


def answer(words, state):
    verb = words[0]
    if verb == "hello":
        torch.set_num_threads(int(words[1]))
        mkl = "MKL FFT" if torch.backends.mkl.is_available() else "pocketfft"
        return f"PyTorch {torch.__version__}, {mkl}, {torch.get_num_threads()} threads"
    if verb == "case":
        state["case"] = Case(words[1:])
        with torch.no_grad():
            return sum(t.numel() * t.element_size() for t in state["case"].intermediates())
    if verb == "run":
        state["case"].run()
        return "ok"
    if verb == "time":
        return " ".join(map(str, state["case"].time(int(words[1]))))
    if verb == "end":
        state.clear()
        return "ok"
    raise ValueError("unknown request " + verb)


def main():
    state = {}
    for line in sys.stdin:
        words = line.split()
        if not words or words[0] == "quit":
            return
        try:
            print(answer(words, state), flush=True)
        except Exception as e:  # told to the parent, which decides
            print("error " + repr(e).replace("\n", " "), flush=True)


main()
