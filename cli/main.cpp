#include "cli/commit.h"
#include "cli/program.h"

int main(int argc, char** argv) { return understudy::run_program(understudy::commit(), argc, argv); }
