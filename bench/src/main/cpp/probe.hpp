// What the machine can do at best: the two numbers that the floors divide by.
#pragma once

#include "pool.hpp"

namespace twbench {

// Bytes a second, read plus written, of a copy far larger than the caches, all threads together.
double copy_bandwidth(Pool& pool);

// f32 operations a second, a fused multiply-add being two, all threads together.
double peak_flops(Pool& pool);

}  // namespace twbench
