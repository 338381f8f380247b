// The `lean` program. All of Lean is in the shared library; its command line too.
extern "C" int lean_main(int argc, char** argv);

int main(int argc, char** argv) {
  return lean_main(argc, argv);
}
