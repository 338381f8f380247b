// Stands for the libleanshared.so of another version: all that a worker looks at before it refuses.
#include <cstddef>

namespace {

struct {
  int count = 0;
  unsigned short size = 0;
  unsigned char fields = 0, tag = 249;
  size_t bytes = 7, capacity = 7, length = 6;
  char text[8] = "4.34.1";
} version;

}  // namespace

extern "C" {
void* l_Lean_versionString = &version;
void lean_initialize() {}
}
