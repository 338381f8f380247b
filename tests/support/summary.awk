# Reads the output of `ctest --verbose`: prints what failed in full, then one line "N passed, M failed"
# that counts the test cases of doctest and of Python's unittest one by one and every other CTest entry as one. Exits with 1 when
# something failed or nothing ran.

# "12: [doctest] test cases:  26 |  26 passed | 0 failed | 3 skipped"; doctest's skipped are those of
# another CTest entry's filter, and count there.
/^[0-9]+: \[doctest\] test cases:/ {
  test = $1 + 0
  split($0, part, "|")
  cases_passed[test] = part[2] + 0
  cases_failed[test] = part[3] + 0
  has_cases[test] = 1
}

# "57: Ran 9 tests in 3.214s", then "57: OK (skipped=1)" or "57: FAILED (failures=1, errors=2)"
/^[0-9]+: Ran [0-9]+ tests? in / {
  test = $1 + 0
  cases_passed[test] = $3
  cases_failed[test] = 0
  has_cases[test] = 1
}
/^[0-9]+: (OK|FAILED) \(/ {
  test = $1 + 0
  count = split($0, part, /[(,)] */)
  for (i = 2; i < count; ++i) {
    split(part[i], named, "=")
    if (named[1] != "expected failures") cases_passed[test] -= named[2]
    if (named[1] == "failures" || named[1] == "errors") cases_failed[test] += named[2]
  }
}

/^[0-9]+: / {
  test = $1 + 0
  output[test] = output[test] $0 "\n"
  next
}

# " 3/10 Test  #3: test_app.fast ...........   Passed    4.32 sec"
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
  test = $0
  sub(/^[^#]*#/, "", test)
  test += 0
  if (/\*\*\*Skipped|\*\*\*Not Run \(Disabled\)/) {
    skipped++
  } else if (/  Passed  /) {
    passed += has_cases[test] ? cases_passed[test] : 1
    failed += cases_failed[test]
  } else {
    passed += cases_passed[test]
    failed += cases_failed[test] ? cases_failed[test] : 1  # a crash fails no case by name
    printf "%s\n%s\n", output[test], $0
  }
  delete output[test]
}

END {
  printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
  exit (failed > 0 || passed == 0)
}
