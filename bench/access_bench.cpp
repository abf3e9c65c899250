// What the question of every request costs: may this person, on this object of that department?
// Over the standing of an enterprise of 10,000 employees, 200 roles and 500 departments, as a line
// "name limit_us value_us ratio"; the limit is two microseconds, the value the median of rounds.
#include <cinnabar/enterprise_standing.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

constexpr int kEmployees = 10'000, kRoles = 200, kDepartments = 500, kPermissions = 60;
constexpr int kRounds = 101, kQuestions = 1'000;
constexpr double kLimitUs = 2.0;

cinnabar::Standing standing(std::mt19937& random) {
  const auto any = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  const char* const scopes[] = {"own", "department", "enterprise"};
  cinnabar::Standing out;
  for (int i = 0; i < kDepartments; ++i)
    out.departments.push_back(
        {"dep_" + std::to_string(i), i == 0 ? "" : "dep_" + std::to_string(any(i))});
  for (int i = 0; i < kRoles; ++i) {
    cinnabar::StandingRole& role = out.roles.emplace_back();
    role.id = "rol_" + std::to_string(i);
    for (int p = 0; p < kPermissions; ++p)
      if (any(3) == 0)
        role.rights.push_back({"module.permission_" + std::to_string(p), scopes[any(3)]});
  }
  for (int i = 0; i < kEmployees; ++i)
    out.members.push_back({"per_" + std::to_string(i), "dep_" + std::to_string(any(kDepartments)),
                           {any(kRoles), any(kRoles), any(kRoles)}});
  return out;
}

}  // namespace

int main() {
  using namespace cinnabar;
  std::mt19937 random(20261201);
  const EnterpriseStanding all(standing(random));
  struct Question {
    std::string person, permission, department;
  };
  std::vector<Question> questions;
  for (int i = 0; i < kQuestions; ++i)
    questions.push_back({"per_" + std::to_string(random() % kEmployees),
                         "module.permission_" + std::to_string(random() % kPermissions),
                         "dep_" + std::to_string(random() % kDepartments)});
  std::vector<double> rounds;
  std::size_t yes = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (const Question& question : questions) {
      const auto* member = all.member(question.person);
      if (!member) std::abort();
      const Reach reach = all.scope(*member, question.permission);
      yes += reach == Reach::enterprise ||
             (reach == Reach::department && all.covers(*member, question.department));
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    rounds.push_back(took.count() / kQuestions);
  }
  if (yes == 0) std::abort();
  std::sort(rounds.begin(), rounds.end());
  const double median = rounds[rounds.size() / 2];
  std::printf("access.permission %.1f %.3f %.4f\n", kLimitUs, median, median / kLimitUs);
  return 0;
}
