// Functions of a library that is loaded at run time.
#pragma once

#include <stdexcept>
#include <string>

#include <dlfcn.h>

namespace twbench {

// Sets `function` to the library's function of this name; `label` names the library where it has none.
template <class F>
void resolve(void* library, const char* label, const char* name, F& function) {
  function = reinterpret_cast<F>(dlsym(library, name));
  if (function == nullptr) {
    throw std::runtime_error(std::string(label) + " has no " + name);
  }
}

}  // namespace twbench
