// The natives of dev.tilewright.bench.NativeBaselines. C++ exceptions become RuntimeExceptions.
#include "conv.hpp"
#include "probe.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include <jni.h>

namespace {

struct Session {
  twbench::Pool pool;
  std::unique_ptr<twbench::Library> library;
  explicit Session(int threads) : pool(threads) {}
};

template <class T>
T* from(jlong handle) {
  return reinterpret_cast<T*>(handle);
}

template <class T>
jlong handle(T* pointer) {
  return reinterpret_cast<jlong>(pointer);
}

std::string text(JNIEnv* env, jstring s) {
  const char* chars = env->GetStringUTFChars(s, nullptr);
  std::string copy(chars);
  env->ReleaseStringUTFChars(s, chars);
  return copy;
}

template <class Body>
auto guarded(JNIEnv* env, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception& e) {
    env->ThrowNew(env->FindClass("java/lang/RuntimeException"), e.what());
    return decltype(body())();
  }
}

// Which of two forms is faster here is measured when the plan is made, as FFTW_MEASURE does.
twbench::Conv* faster(Session& s, twbench::ConvSpec spec, twbench::Form a, twbench::Form b) {
  std::vector<float> u(spec.batch * spec.heads * spec.length, 0.5f);
  std::vector<float> k(spec.heads * spec.taps, 0.5f);
  std::vector<float> y(u.size());
  std::unique_ptr<twbench::Conv> chosen;
  double best = 0;
  for (twbench::Form form : {a, b}) {
    spec.form = form;
    auto conv = std::make_unique<twbench::Conv>(*s.library, s.pool, spec);
    double least = 1e30;
    for (int i = 0; i < 8; ++i) {
      const auto start = std::chrono::steady_clock::now();
      conv->forward(u.data(), k.data(), nullptr, nullptr, y.data());
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      least = std::min(least, took.count());
    }
    if (!chosen || least < best) {
      chosen = std::move(conv);
      best = least;
    }
  }
  return chosen.release();
}

}  // namespace

#define TW_NATIVE(type, name) \
  extern "C" JNIEXPORT type JNICALL Java_dev_tilewright_bench_NativeBaselines_##name

TW_NATIVE(jlong, open)(JNIEnv* env, jclass, jint threads, jstring library, jstring directory) {
  return guarded(env, [&]() -> jlong {
    auto session = std::make_unique<Session>(threads);
    if (library != nullptr) {
      session->library = text(env, library) == "mkl" ? twbench::open_mkl(text(env, directory))
                                                     : twbench::open_fftw(text(env, directory));
    }
    return handle(session.release());
  });
}

TW_NATIVE(void, close)(JNIEnv*, jclass, jlong session) { delete from<Session>(session); }

TW_NATIVE(jstring, describe)(JNIEnv* env, jclass, jlong session) {
  return guarded(env, [&]() -> jstring {
    return env->NewStringUTF(from<Session>(session)->library->describe().c_str());
  });
}

TW_NATIVE(void, pin)(JNIEnv*, jclass, jlong session, jboolean on) {
  if (on) {
    from<Session>(session)->pool.pin_caller();
  } else {
    from<Session>(session)->pool.unpin_caller();
  }
}

TW_NATIVE(jdouble, copyBandwidth)(JNIEnv* env, jclass, jlong session) {
  return guarded(env, [&]() -> jdouble { return copy_bandwidth(from<Session>(session)->pool); });
}

TW_NATIVE(jdouble, peakFlops)(JNIEnv* env, jclass, jlong session) {
  return guarded(env, [&]() -> jdouble { return peak_flops(from<Session>(session)->pool); });
}

TW_NATIVE(jlong, plan)
(JNIEnv* env, jclass, jlong session, jlong batch, jlong heads, jlong length, jlong taps, jint mode,
 jboolean rightAngle) {
  using twbench::Form;
  return guarded(env, [&]() -> jlong {
    twbench::ConvSpec spec{batch, heads, length, taps, static_cast<twbench::Mode>(mode)};
    Session& s = *from<Session>(session);
    return handle(rightAngle ? faster(s, spec, Form::kRightAngleInplace, Form::kRightAngleApart)
                             : faster(s, spec, Form::kRealInplace, Form::kRealApart));
  });
}

TW_NATIVE(void, free)(JNIEnv*, jclass, jlong plan) { delete from<twbench::Conv>(plan); }

TW_NATIVE(jlong, workspaceBytes)(JNIEnv*, jclass, jlong plan) {
  return from<twbench::Conv>(plan)->workspace_bytes();
}

TW_NATIVE(void, setFilter)(JNIEnv* env, jclass, jlong plan, jlong k) {
  guarded(env, [&] { from<twbench::Conv>(plan)->set_filter(from<float>(k)); });
}

TW_NATIVE(void, forward)
(JNIEnv* env, jclass, jlong plan, jlong u, jlong k, jlong pregate, jlong postgate, jlong y) {
  guarded(env, [&] {
    from<twbench::Conv>(plan)->forward(from<float>(u), from<float>(k), from<float>(pregate),
                                       from<float>(postgate), from<float>(y));
  });
}
