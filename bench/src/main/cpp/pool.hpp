// The baselines' thread pool: one pinned thread a core, the caller being the first of them. It spins
// for a while before it parks, as ours does, so that a baseline never pays for waking a thread
// between two calls of one measurement.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>

namespace twbench {

inline void pause_once() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

class Pool {
 public:
  // The cores are those that the calling thread may use now, so it must not be pinned yet.
  explicit Pool(int threads) : threads_(threads < 1 ? 1 : threads) {
    sched_getaffinity(0, sizeof(allowed_), &allowed_);
    for (int w = 1; w < threads_; ++w) {
      workers_.emplace_back([this, w] { work(w); });
    }
  }

  ~Pool() {
    stop_.store(true);
    wake();
    for (auto& t : workers_) {
      t.join();
    }
  }

  int threads() const { return threads_; }

  // Pins the calling thread to the first allowed core; unpin() gives it all of them back.
  void pin_caller() const { pin(0); }
  void unpin_caller() const { sched_setaffinity(0, sizeof(allowed_), &allowed_); }

  // Runs body(worker) once on every thread and returns when all are done.
  template <class Body>
  void run(Body& body) {
    call_ = [](void* context, int worker) { (*static_cast<Body*>(context))(worker); };
    context_ = &body;
    done_.store(0, std::memory_order_relaxed);
    generation_.fetch_add(1);
    if (parked_.load() > 0) {
      wake();
    }
    body(0);
    while (done_.load(std::memory_order_acquire) != threads_ - 1) {
      pause_once();
    }
  }

 private:
  // About 200 microseconds: longer than any gap between two calls of a measurement, and short enough
  // that an idle pool does not disturb whoever is measured next.
  static constexpr int kSpins = 8000;

  void pin(int worker) const {
    int want = worker % CPU_COUNT(&allowed_);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &allowed_) && want-- == 0) {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof(one), &one);
        return;
      }
    }
  }

  void wake() {
    std::lock_guard<std::mutex> lock(mutex_);
    condition_.notify_all();
  }

  void work(int worker) {
    pin(worker);
    unsigned seen = 0;
    while (true) {
      int spins = 0;
      while (generation_.load(std::memory_order_acquire) == seen && !stop_.load()) {
        if (++spins < kSpins) {
          pause_once();
          continue;
        }
        std::unique_lock<std::mutex> lock(mutex_);
        parked_.fetch_add(1);
        condition_.wait(lock, [&] { return generation_.load() != seen || stop_.load(); });
        parked_.fetch_sub(1);
        spins = 0;
      }
      if (stop_.load()) {
        return;
      }
      seen = generation_.load();
      call_(context_, worker);
      done_.fetch_add(1, std::memory_order_release);
    }
  }

  const int threads_;
  cpu_set_t allowed_;
  std::vector<std::thread> workers_;
  void (*call_)(void*, int) = nullptr;
  void* context_ = nullptr;
  alignas(64) std::atomic<unsigned> generation_{0};
  alignas(64) std::atomic<int> done_{0};
  alignas(64) std::atomic<int> parked_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable condition_;
};

}  // namespace twbench
